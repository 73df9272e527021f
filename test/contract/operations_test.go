package contract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v3"
)

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// TestEveryOperationOfTheReferenceIsDescribed compares the API descriptions; how path parameters are called is free.
func TestEveryOperationOfTheReferenceIsDescribed(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(contractDir, "reference-openapi.json"))
	if err != nil {
		t.Skip("the reference's description is absent: it stands beside the checkout in shared/contract")
	}
	var reference struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(raw, &reference); err != nil {
		t.Fatal(err)
	}
	if raw, err = os.ReadFile("../../adapters/httpapi/openapi.yaml"); err != nil {
		t.Fatal(err)
	}
	var ours struct{ Paths map[string]map[string]any }
	if err := yaml.Unmarshal(raw, &ours); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, methods := range ours.Paths {
		for method := range methods {
			described[method+" "+pathParameter.ReplaceAllString(path, "{}")] = true
		}
	}
	operations := 0
	for path, methods := range reference.Paths {
		for method := range methods {
			operations++
			if !described[method+" "+pathParameter.ReplaceAllString(path, "{}")] {
				t.Errorf("%s %s is not in openapi.yaml", method, path)
			}
		}
	}
	if operations < 60 {
		t.Errorf("the reference has %d operations only", operations)
	}
}
