package realcli_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/test/realcli"
)

func TestParserTellsWhatSignalCLIUnderstands(t *testing.T) {
	parser := realcli.NewParser(t)
	for _, test := range []struct {
		name   string
		args   []string
		fails  string
		params map[string]any
		log    string
	}{
		{
			name: "values after the equals sign and after the dashes stay values",
			args: []string{"-a", "+15550100001", "send", "--message=-x", "--attachment", "a", "b", "--", "--config=/x", "-v"},
			params: map[string]any{
				"command": "send", "account": "+15550100001", "message": "-x",
				"attachment": []any{"a", "b"}, "recipient": []any{"--config=/x", "-v"}, "config": nil, "verbose": json.Number("0"),
			},
		},
		{
			name:  "a value without the equals sign becomes an option",
			args:  []string{"--config=/c", "send", "--note-to-self", "--message", "--end-session"},
			fails: "argument -m/--message: expected one argument",
		},
		{
			name:   "numbers keep their digits",
			args:   []string{"sendReceipt", "--target-timestamp", "1700000000123", "--", "+15550100002"},
			params: map[string]any{"target-timestamp": []any{json.Number("1700000000123")}, "recipient": "+15550100002"},
		},
		{name: "version", args: []string{"--version"}, fails: "version"},
		{name: "help", args: []string{"send", "-h"}, fails: "help"},
		{name: "unknown option", args: []string{"send", "--bogus"}, fails: "unrecognized arguments: '--bogus'"},
		{name: "nothing", fails: "too few arguments"},
		{
			name:  "logging options are found anywhere",
			args:  []string{"send", "--bogus", "--log-file=/l", "-v"},
			fails: "unrecognized arguments: '--bogus'", log: "/l",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parser.Parse(test.args)
			if err != nil {
				t.Fatal(err)
			}
			if got.OK != (test.fails == "") || got.Error != test.fails {
				t.Fatalf("ok %v, error %q, want error %q", got.OK, got.Error, test.fails)
			}
			for name, want := range test.params {
				if diff := cmp.Diff(want, got.Params[name]); got.OK && diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			if log := got.Logging.LogFile; (log != nil) != (test.log != "") || log != nil && *log != test.log {
				t.Errorf("log file %v, want %q", log, test.log)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	parser := realcli.NewParser(b)
	for i := 0; b.Loop(); i++ {
		args := []string{"-o", "json", "-a", "+15550100001", "send", fmt.Sprintf("--message=--config=/%d", i), "--", "-v"}
		if got, err := parser.Parse(args); err != nil || !got.OK {
			b.Fatal(got, err)
		}
	}
}
