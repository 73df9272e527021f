package clients_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// operations are those of the API description, as "GET /v1/groups/{}": what a part of a path is called does not matter.
var operations = sync.OnceValues(func() (map[string]bool, error) {
	text, err := os.ReadFile(filepath.Join(root, "adapters", "httpapi", "openapi.yaml"))
	if err != nil {
		return nil, err
	}
	found, path := map[string]bool{}, ""
	for line := range strings.Lines(string(text)) {
		if at := pathLine.FindStringSubmatch(line); at != nil {
			path = at[1]
		}
		if method := methodLine.FindStringSubmatch(line); method != nil {
			found[strings.ToUpper(method[1])+" "+parameter.ReplaceAllString(path, "{}")] = true
		}
	}
	return found, nil
})

var (
	pathLine   = regexp.MustCompile(`^  (/[^:]*):`)
	parameter  = regexp.MustCompile(`\{[^}]*\}`)
	methodLine = regexp.MustCompile(`^    (get|put|post|delete):`)
)

// scenario is one use of a client.
type scenario struct {
	name  string
	needs []string // operations
	run   func(t *testing.T)
}

// runAll runs scenarios. One that needs an operation which the gateway has not fails.
func runAll(t *testing.T, scenarios []scenario) {
	t.Helper()
	built, err := operations()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		for _, operation := range s.needs {
			if !built[parameter.ReplaceAllString(operation, "{}")] {
				t.Errorf("%s needs %s, which the API description has not", s.name, operation)
			}
		}
		t.Run(s.name, s.run)
	}
}
