package metrics_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestReadmeNamesEveryMetric(t *testing.T) {
	golden, err := os.ReadFile("testdata/metrics.golden")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (heliograph_\w+)`).FindAllStringSubmatch(string(golden), -1) {
		names[m[1]] = true
		if !strings.Contains(string(readme), "| `"+m[1]+"` |") {
			t.Errorf("README.md does not name %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile("\\| `(heliograph_\\w+)` \\|").FindAllStringSubmatch(string(readme), -1) {
		if !names[m[1]] {
			t.Errorf("README.md names %s, which is no metric", m[1])
		}
	}
}
