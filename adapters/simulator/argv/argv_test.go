package argv_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/simulator/argv"
)

func TestOptionInjection(t *testing.T) {
	for _, test := range []struct {
		name  string
		args  []string
		fails string
		want  map[string]any // some of the parameters; nil: absent
	}{
		{"a value that starts with a dash is an option", []string{"send", "-m", "-x"}, "argument -m/--message: expected one argument", nil},
		{"a negative number is a value", []string{"send", "-m", "-1"}, "", map[string]any{"message": "-1"}},
		{"a lone dash is a value", []string{"send", "-m", "-"}, "", map[string]any{"message": "-"}},
		{"the equals form is safe", []string{"send", "--message=-x"}, "", map[string]any{"message": "-x"}},
		{"the short equals form is not", []string{"send", "-m=-x"}, "", map[string]any{"message": "-x"}},
		{"a recipient can become an option", []string{"send", "--attachment=/etc/passwd"}, "",
			map[string]any{"attachment": []any{"/etc/passwd"}, "recipient": []any{}}},
		{"behind two dashes all is positional", []string{"send", "--", "--attachment=/etc/passwd", "--"}, "",
			map[string]any{"recipient": []any{"--attachment=/etc/passwd", "--"}}},
		{"a list option swallows what follows", []string{"send", "-a", "f1", "+1555"}, "",
			map[string]any{"attachment": []any{"f1", "+1555"}, "recipient": []any{}}},
		{"a repeated list option replaces", []string{"updateGroup", "--member=+2", "--member=+3"}, "",
			map[string]any{"member": []any{"+3"}}},
		{"with the equals sign a list has one value", []string{"updateGroup", "--member=+2", "+3"}, "unrecognized arguments: '+3'", nil},
		{"a list value cannot start with a dash", []string{"updateGroup", "--member", "x", "-y"}, "unrecognized arguments: '-y'", nil},
		{"prefixes count", []string{"send", "--attach", "f", "--note"}, "",
			map[string]any{"attachment": []any{"f"}, "note-to-self": true}},
		{"ambiguous prefixes do not", []string{"send", "--me"}, "ambiguous option: --me could match --mention, --message, --message-from-stdin", nil},
		{"every boolean but true is false", []string{"updateAccount", "--discoverable-by-number", "yes"}, "",
			map[string]any{"discoverable-by-number": false}},
		{"a file sign has no meaning", []string{"send", "@file"}, "", map[string]any{"recipient": []any{"@file"}}},
		{"an account can look like an option", []string{"-a=-v", "listGroups"}, "", map[string]any{"account": "-v", "verbose": json.Number("0")}},
		{"but not without the equals sign", []string{"-a", "-v", "listGroups"}, "argument -a/--account/-u/--username: expected one argument", nil},
		{"required options", []string{"sendReaction", "-e", "x"}, "argument -t/--target-timestamp is required", nil},
		{"one of several", []string{"getAvatar"}, "one of the arguments -c/--contact -p/--profile -g/--group-id is required", nil},
		{"commands have prefixes too", []string{"sendRec", "-t", "5", "--", "+1555"}, "",
			map[string]any{"command": "sendReceipt", "target-timestamp": []any{json.Number("5")}}},
		{"newer options", []string{"--data-dir=/d", "send", "--no-urgent"}, "", map[string]any{"config": "/d", "no-urgent": true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := argv.Parse(test.args)
			if test.fails != "" {
				var refused *argv.Error
				if !errors.As(err, &refused) || refused.Message != test.fails {
					t.Fatalf("error %v, want %q", err, test.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range test.want {
				if diff := cmp.Diff(want, got.Params[name]); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		})
	}
}

func TestOlderReleaseLacksNewerOptions(t *testing.T) {
	if _, err := argv.For("0.13.19").Parse([]string{"send", "--no-urgent"}); err == nil {
		t.Error("--no-urgent was accepted")
	}
	if _, err := argv.For("0.13.19").Parse([]string{"listCalls"}); err == nil {
		t.Error("listCalls was accepted")
	}
	if _, err := argv.Parse([]string{"--version"}); !errors.Is(err, argv.ErrVersion) {
		t.Errorf("--version: %v", err)
	}
	if _, err := argv.Parse([]string{"send", "-h"}); !errors.Is(err, argv.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}
