package arch_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"heliograph/adapters/signalcli"
)

// signalCLIMethod is a method as signal-cli 0.14.6 has it; testdata/signal-cli-methods.json lists all.
type signalCLIMethod struct {
	Method string
	// Since is empty for 0.9.0 and before.
	Since  string
	Params []string
	// ParamSince are the parameters that came later than their method.
	ParamSince map[string]string
}

func signalCLIMethods(t *testing.T) map[string]signalCLIMethod {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "signal-cli-methods.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []signalCLIMethod
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	methods := map[string]signalCLIMethod{}
	for _, m := range list {
		methods[m.Method] = m
	}
	if len(list) != 64 || len(methods) != 64 {
		t.Fatalf("signal-cli 0.14.6 has 64 methods, not %d", len(list))
	}
	return methods
}

// Each method of signal-cli is exactly one of: an Outgoing, a port's method, listed with the reason why not.
func TestEachMethodOfSignalCLIHasItsPlace(t *testing.T) {
	theirs := signalCLIMethods(t)
	ports, outgoings := portMethods(t), outgoingTypes(t)
	seen, sent := map[string]bool{}, map[string]bool{}
	for _, m := range signalcli.Methods() {
		if seen[m.Name] {
			t.Errorf("%s is listed twice", m.Name)
		}
		seen[m.Name] = true
		places := 0
		if m.Outgoing != nil {
			places++
			sent[reflect.TypeOf(m.Outgoing).Name()] = true
			if m.Read {
				t.Errorf("%s sends, and is listed as a read", m.Name)
			}
		}
		if m.Port != "" {
			places++
			if !ports[m.Port] {
				t.Errorf("%s: there is no %s in package ports", m.Name, m.Port)
			}
		}
		if m.Reason != "" {
			places++
		}
		if places != 1 {
			t.Errorf("%s has %d places, want one", m.Name, places)
		}
		their, ok := theirs[m.Name]
		if !ok {
			t.Errorf("signal-cli has no method %s", m.Name)
			continue
		}
		if want := afterOldest(their.Since); m.Reason == "" && m.Since != want {
			t.Errorf("%s is listed since %q, it came with %q", m.Name, m.Since, want)
		}
		for name, since := range m.ParamSince {
			if !slices.Contains(their.Params, name) || their.ParamSince[name] != since {
				t.Errorf("%s: parameter %s is listed since %s, it came with %q", m.Name, name, since, their.ParamSince[name])
			}
		}
		for name, since := range their.ParamSince {
			if m.Outgoing != nil && m.ParamSince[name] != afterOldest(since) {
				t.Errorf("%s: parameter %s, since %s, is not listed", m.Name, name, since)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		if !seen[name] {
			t.Errorf("method %s of signal-cli has no place", name)
		}
	}
	for name := range outgoings {
		if !sent[name] {
			t.Errorf("no method of signal-cli sends domain.%s", name)
		}
	}
}

// afterOldest is a release, or "" where the gateway counts on it: 0.13.0 and before.
func afterOldest(release string) string {
	if release == "0.13.0" || strings.HasPrefix(release, "0.9.") || strings.HasPrefix(release, "0.10.") ||
		strings.HasPrefix(release, "0.11.") || strings.HasPrefix(release, "0.12.") {
		return ""
	}
	return release
}

// portMethods are the methods of all interfaces of package ports, such as "Accounts.List".
func portMethods(t *testing.T) map[string]bool {
	t.Helper()
	methods := map[string]bool{}
	declarations(t, "ports", func(n ast.Node) {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return
		}
		if port, ok := spec.Type.(*ast.InterfaceType); ok {
			for _, m := range port.Methods.List {
				for _, name := range m.Names {
					methods[spec.Name.Name+"."+name.Name] = true
				}
			}
		}
	})
	return methods
}

// outgoingTypes are the types of package domain that implement Outgoing.
func outgoingTypes(t *testing.T) map[string]bool {
	t.Helper()
	types := map[string]bool{}
	declarations(t, "domain", func(n ast.Node) {
		if f, ok := n.(*ast.FuncDecl); ok && f.Name.Name == "outgoing" && f.Recv != nil {
			if name, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
				types[name.Name] = true
			}
		}
	})
	if len(types) < 14 {
		t.Fatalf("found only the Outgoing types %v", types)
	}
	return types
}

func declarations(t *testing.T, folder string, visit func(ast.Node)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				visit(n)
			}
			return true
		})
	}
}
