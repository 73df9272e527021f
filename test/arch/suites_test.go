package arch_test

import (
	"go/ast"
	"strings"
	"testing"
)

// withoutSuite are the ports that have no conformance suite of their own, with the reason.
var withoutSuite = map[string]string{
	// Driving ports: package app is their only implementation, and its tests hold the promises.
	"AccountManager":    "app/accounts implements it",
	"GroupDirectory":    "app/groups implements it",
	"Health":            "app/health implements it",
	"Messaging":         "app/messaging implements it",
	"Receiver":          "app/receiving implements it",
	"Receiving":         "app/receiving implements it",
	"DeadLetters":       "app/webhooks implements it",
	"Webhooks":          "app/webhooks implements it",
	"WebhookDeliveries": "app/webhooks implements it",
	"Events":            "app/reading implements it",
	"AccountStates":     "app/accountstate implements it",
	// Driven ports with one implementation.
	"Backend":       "signalcli.Client implements it over both carriers; signalcli/carriertest holds their health, health_test.go its own",
	"Capabilities":  "signalcli.Client implements it; capabilities_test.go goes through all releases",
	"WebhookCaller": "adapters/webhook implements it; its tests go through the answers and failures of a real server",
	"Poller":        "only the process carrier must be asked for messages; its poll_test.go, and sendertest in process mode, which polls what it sent",
}

// Each port has a conformance suite, or a reason why not.
func TestEachPortHasASuite(t *testing.T) {
	named := suiteTypes(t)
	ports := map[string]bool{}
	declarations(t, "ports", func(n ast.Node) {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if _, isInterface := spec.Type.(*ast.InterfaceType); isInterface {
				ports[spec.Name.Name] = true
			}
		}
	})
	if len(ports) < 20 {
		t.Fatalf("found only the ports %v", ports)
	}
	for port := range ports {
		reason, excused := withoutSuite[port]
		switch {
		case excused && reason == "":
			t.Errorf("ports.%s has no suite, without a reason", port)
		case excused && named[port]:
			t.Errorf("ports.%s has a suite, and a reason not to have one", port)
		case !excused && !named[port]:
			t.Errorf("ports.%s has no suite in test/conformance", port)
		}
	}
	for port := range withoutSuite {
		if !ports[port] {
			t.Errorf("there is no ports.%s", port)
		}
	}
}

// suiteTypes are the types of package ports that the suites name.
func suiteTypes(t *testing.T) map[string]bool {
	t.Helper()
	named := map[string]bool{}
	for _, f := range goFiles(t) {
		if !strings.HasPrefix(f.name, "test/conformance/") || f.isTest() {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if from, ok := selector.X.(*ast.Ident); ok && from.Name == "ports" {
					named[selector.Sel.Name] = true
				}
			}
			return true
		})
	}
	return named
}
