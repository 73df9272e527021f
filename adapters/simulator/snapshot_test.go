package simulator_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/adapters/simulator"
)

func TestNetworkOutlivesItsProcess(t *testing.T) {
	dir := folder(t)
	if got := cli(t, dir, "", "-a", alice, "send", "-m", "kept", "--", bob); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	made := cli(t, dir, "", "-o", "json", "-a", alice, "updateGroup", "--name=Kept", "--link=enabled", "--member", carol)
	if got := cli(t, dir, "", "-a", alice, "updateContact", "--given-name=Robert", "--", bob); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	contacts := cli(t, dir, "", "-o", "json", "-a", alice, "listContacts")
	groups := cli(t, dir, "", "-o", "json", "-a", carol, "listGroups")
	if err := simulator.Stop(t.Context(), dir); err != nil || made.code != 0 {
		t.Fatalf("%v %+v", err, made)
	}
	if got := cli(t, dir, "", "-o", "json", "-a", alice, "listContacts"); got != contacts || !strings.Contains(got.stdout, "Robert") {
		t.Errorf("%+v, before %+v", got, contacts)
	}
	if got := cli(t, dir, "", "-o", "json", "-a", carol, "listGroups"); got != groups || !strings.Contains(got.stdout, "Kept") {
		t.Errorf("%+v, before %+v", got, groups)
	}
	if got := cli(t, dir, "", "-o", "json", "-a", bob, "receive", "--timeout=0"); !strings.Contains(got.stdout, `"message":"kept"`) {
		t.Errorf("%+v", got)
	}
	if got := cli(t, dir, "", "-o", "json", "-a", alice, "receive", "--timeout=1"); !strings.Contains(got.stdout, `"isDelivery":true`) {
		t.Errorf("%+v", got)
	}
}

func TestBrokenSnapshotIsReported(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "simulator.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	code := simulator.Main(t.Context(), []string{"--simulator-background", dir}, nil, io.Discard, &stderr, os.Getenv)
	if code != 3 || !strings.Contains(stderr.String(), "simulator.json") {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}
