package arch_test

import (
	"go/ast"
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
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if statement, ok := n.(*ast.GoStmt); ok {
				found++
				if !mayStart(f.dir()) {
					t.Errorf("%s starts a goroutine; use an errgroup in a function that waits, or give it an owner", f.position(statement))
				}
			}
			return true
		})
	}
	if found == 0 {
		t.Error("found no go statement at all: this test looks at nothing")
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
