package config_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/wire/config"
)

var update = flag.Bool("update", false, "rewrite the table of settings in README.md")

const (
	readme    = "../../README.md"
	tableHead = "<!-- settings: held equal to the code by a test in wire/config -->\n"
	tableEnd  = "<!-- /settings -->"
)

// table is the documentation of all settings.
func table() string {
	var b strings.Builder
	b.WriteString("| key | variable | default | unit | meaning |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range config.Settings() {
		value := "none"
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", s.Key, s.Env, value, s.Unit, s.Help)
	}
	return b.String()
}

func TestReadmeNamesEverySetting(t *testing.T) {
	content, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(content), tableHead)
	got, after, closed := strings.Cut(rest, tableEnd)
	if !found || !closed {
		t.Fatal("README.md has no place for the table of settings")
	}
	if *update {
		if err := os.WriteFile(readme, []byte(before+tableHead+table()+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table(), got); diff != "" {
		t.Errorf("README.md and the code differ; go test ./wire/config -update:\n%s", diff)
	}
}
