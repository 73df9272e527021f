package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
)

// starters are the folders whose packages own connections, processes or the
// readers of the hub, and so may start goroutines: who starts one stops it.
var starters = []string{
	"adapters/hub",
	"adapters/signalcli/jsonrpc",
	"adapters/signalcli/process",
	"adapters/signalcli/daemon",
	"adapters/wsapi",
	"adapters/simulator",
	"adapters/signalcli/carriertest", // the carriers' conformance suite
	"test",                           // harnesses and stand-ins; the product does not contain them
}

func TestGoStatementsHaveAnOwner(t *testing.T) {
	found := 0
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		for _, start := range starts(f.ast) {
			found++
			if !mayStart(f.dir()) {
				t.Errorf("%s starts a goroutine; use an errgroup in a function that waits, or give it an owner", f.position(start))
			}
		}
	}
	if found == 0 {
		t.Error("found no go statement at all: this test looks at nothing")
	}
}

// starts finds what starts a goroutine that nobody need wait for: go statements, and calls of a method Go, such as that of
// sync.WaitGroup. That of an errgroup is none, so it passes in a file that imports errgroup and uses no sync.WaitGroup.
func starts(file *ast.File) (found []ast.Node) {
	errgroups := imports(file, "golang.org/x/sync/errgroup") && !uses(file, "sync", "WaitGroup")
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, n)
		case *ast.CallExpr:
			called, ok := n.Fun.(*ast.SelectorExpr)
			if ok && called.Sel.Name == "Go" && !errgroups {
				found = append(found, n)
			}
		}
		return true
	})
	return found
}

func imports(file *ast.File, path string) bool {
	for _, i := range file.Imports {
		if i.Path.Value == strconv.Quote(path) {
			return true
		}
	}
	return false
}

// uses reports whether file names pkg.name.
func uses(file *ast.File, pkg, name string) (used bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && isSelector(s, pkg, name) {
			used = true
		}
		return !used
	})
	return used
}

func isSelector(s *ast.SelectorExpr, pkg, name string) bool {
	of, ok := s.X.(*ast.Ident)
	return ok && of.Name == pkg && s.Sel.Name == name
}

func TestStartsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		imports, body string
		want          int
	}{
		"go statement":           {``, `go f()`, 1},
		"wait group":             {`"sync"`, `var w sync.WaitGroup; w.Go(f)`, 1},
		"wait group of a field":  {`"sync"`, `h.running.Go(f)`, 1},
		"errgroup":               {`"golang.org/x/sync/errgroup"`, `var g errgroup.Group; g.Go(f)`, 0},
		"errgroup and waitgroup": {`"sync"; "golang.org/x/sync/errgroup"`, `var g errgroup.Group; var w sync.WaitGroup; w.Go(f)`, 1},
		"mutex beside errgroup":  {`"sync"; "golang.org/x/sync/errgroup"`, `var mu sync.Mutex; var g errgroup.Group; g.Go(f)`, 0},
		"none":                   {``, `f()`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; import ("+c.imports+"); func x() { "+c.body+" }", 0)
			if err != nil {
				t.Fatal(err)
			}
			if found := starts(file); len(found) != c.want {
				t.Errorf("%d found, want %d", len(found), c.want)
			}
		})
	}
}

func mayStart(folder string) bool {
	for _, s := range starters {
		if below(folder, s) {
			return true
		}
	}
	return false
}
