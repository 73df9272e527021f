package process_test

import (
	"path/filepath"
	"strings"
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
	"heliograph/ports"
)

func TestTrustModeIsPassedWithEveryCallOfTheAccount(t *testing.T) {
	program, dir := script(t, `echo "$@" >> "$DIR/args"`)
	carrier := newCarrier(t, process.Options{Command: program, TrustMode: func(a domain.Account) domain.TrustMode {
		return map[domain.Account]domain.TrustMode{alice: domain.TrustNever, bob: ""}[a]
	}})
	for _, call := range []signalcli.Call{read(alice), read(bob), {Method: "listAccounts"}} {
		if _, err := carrier.Call(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	if err := carrier.Poll(t.Context(), alice, ports.PollOptions{}, func([]byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(content(t, filepath.Join(dir, "args"))), "\n")
	want := []bool{true, false, false, true}
	if len(lines) != len(want) {
		t.Fatalf("calls %q", lines)
	}
	for i, line := range lines {
		if got := strings.HasPrefix(line, "--trust-new-identities=never "); got != want[i] || strings.Count(line, "--trust") > 1 {
			t.Errorf("call %d: %s", i, line)
		}
	}
}
