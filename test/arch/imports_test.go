package arch_test

import (
	"path"
	"strings"
	"testing"
)

// technologies says which folders may import a library, by prefix of its path.
// A library that is not named here belongs to no layer that the rule knows and
// is refused: name it, with its one owner.
var technologies = map[string][]string{
	"github.com/go-chi/chi/v5":            {"adapters/httpapi"},
	"github.com/oapi-codegen/runtime":     {"adapters/httpapi", "adapters/cli/client"},
	"nhooyr.io/websocket":                 {"adapters/wsapi"},
	"github.com/prometheus/client_golang": {"adapters/metrics", "wire"},
	"github.com/alecthomas/kong":          {"adapters/cli"},
	"github.com/skip2/go-qrcode":          {"adapters/cli", "adapters/httpapi"},
	"github.com/gabriel-vasile/mimetype":  {"adapters/spool", "adapters/httpapi", "adapters/signalcli"},
	"github.com/robfig/cron/v3":           {"wire", "app"},
	"github.com/cenkalti/backoff/v5":      {"app", "adapters"},
	"golang.org/x/sync/errgroup":          {"app", "adapters", "wire"},
	"golang.org/x/sys":                    {"adapters"},
	"github.com/google/wire":              {"wire"},
	"github.com/google/uuid":              {"adapters"},
	"github.com/nats-io/nats.go":          {"adapters/jetstream"},
	"github.com/nats-io/nats-server/v2":   {"adapters/jetstream"},
	"go.yaml.in/yaml/v3":                  {"wire", "adapters/httpapi", "adapters/apiconfig"},
}

// appMay are the libraries that the use cases may know.
var appMay = []string{"golang.org/x/sync/errgroup", "github.com/cenkalti/backoff/v5"}

func TestImportRule(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if problem := forbidden(p.path(), imported); problem != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, problem)
			}
		}
	}
}

// forbidden says why a package may not import another; empty when it may.
func forbidden(folder, imported string) string {
	layer, _, _ := strings.Cut(folder, "/")
	if layer == "test" || isStandard(imported) {
		return ""
	}
	inner, ours := strings.CutPrefix(imported, "heliograph/")
	if !ours {
		return foreign(folder, layer, imported)
	}
	allowed := map[string][]string{
		"":         {"wire"},
		"domain":   {},
		"ports":    {"domain"},
		"app":      {"ports", "domain", "app/place"},
		"adapters": {"ports", "domain", adapterOf(folder)},
		"wire":     {"ports", "domain", "app", "adapters", "wire"},
	}
	for _, prefix := range allowed[layer] {
		if below(inner, prefix) {
			return ""
		}
	}
	return "not a layer that " + layerName(layer) + " may know"
}

// foreign is forbidden for packages outside of the module.
func foreign(folder, layer, imported string) string {
	switch layer {
	case "", "domain", "ports":
		return layerName(layer) + " imports no library"
	case "app":
		for _, prefix := range appMay {
			if below(imported, prefix) {
				return ""
			}
		}
		return "app imports errgroup and one backoff library"
	}
	for prefix, owners := range technologies {
		if !below(imported, prefix) {
			continue
		}
		for _, owner := range owners {
			if below(folder, owner) {
				return ""
			}
		}
		return "belongs to " + strings.Join(owners, ", ")
	}
	return "not in the table of test/arch"
}

// adapterOf is adapters/<name> of a folder below it.
func adapterOf(folder string) string {
	parts := strings.SplitN(folder, "/", 3)
	if len(parts) < 2 {
		return folder
	}
	return path.Join(parts[0], parts[1])
}

func below(name, prefix string) bool { return name == prefix || strings.HasPrefix(name, prefix+"/") }

// isStandard: packages of the standard library have no dot in their first element.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && first != "heliograph"
}

func layerName(layer string) string {
	if layer == "" {
		return "main"
	}
	return layer
}

// The rule itself must be able to fail.
func TestImportRuleRefuses(t *testing.T) {
	for _, c := range []struct {
		folder, imported string
		allowed          bool
	}{
		{"domain", "strings", true},
		{"domain", "github.com/google/uuid", false},
		{"domain", "heliograph/ports", false},
		{"ports", "heliograph/domain", true},
		{"ports", "heliograph/app", false},
		{"app/messaging", "heliograph/ports", true},
		{"app/messaging", "heliograph/adapters/hub", false},
		{"app/receiving", "heliograph/app/place", true},
		{"app/receiving", "heliograph/app/messaging", false},
		{"app/messaging", "github.com/go-chi/chi/v5", false},
		{"app/messaging", "golang.org/x/sync/errgroup", true},
		{"adapters/hub", "heliograph/adapters/memlog", false},
		{"adapters/hub", "heliograph/app/messaging", false},
		{"adapters/signalcli", "heliograph/adapters/signalcli/jsonrpc", true},
		{"adapters/signalcli/jsonrpc", "heliograph/adapters/signalcli", true},
		{"adapters/signalclix", "heliograph/adapters/signalcli", false},
		{"adapters/httpapi", "github.com/go-chi/chi/v5/middleware", true},
		{"adapters/wsapi", "nhooyr.io/websocket", true},
		{"adapters/httpapi", "nhooyr.io/websocket", false},
		{"adapters/cli", "heliograph/wire", false},
		{"adapters/hub", "example.org/new", false},
		{"wire", "heliograph/adapters/hub", true},
		{"wire", "heliograph/test/fake", false},
		{"", "heliograph/wire", true},
		{"", "heliograph/adapters/cli", false},
	} {
		if got := forbidden(c.folder, c.imported); (got == "") != c.allowed {
			t.Errorf("%q imports %q: got %q, allowed should be %v", c.folder, c.imported, got, c.allowed)
		}
	}
}

func TestWebSocketLibraryIsImportedOnce(t *testing.T) {
	var importers []string
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		for _, spec := range f.ast.Imports {
			if spec.Path.Value == `"nhooyr.io/websocket"` {
				importers = append(importers, f.name)
			}
		}
	}
	if len(importers) > 1 {
		t.Errorf("one file may import nhooyr.io/websocket, so that its successor is one line away; found %v", importers)
	}
}
