package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filesWith are the files below dir that hold a text.
func filesWith(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	eachFile(t, dir, func(name string, content []byte) {
		if bytes.Contains(content, []byte(text)) {
			found = append(found, name)
		}
	})
	return found
}

// contents tells two states of a folder apart.
func contents(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	sums := map[string][sha256.Size]byte{}
	eachFile(t, dir, func(name string, content []byte) { sums[name] = sha256.Sum256(content) })
	return sums
}

func eachFile(t *testing.T, dir string, look func(name string, content []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		look(name, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

const (
	rightKey = "a key that nobody else has, for tests"
	wrongKey = "another key that somebody has, for tests"
)

// With a key no file tells what was received, from whom or for whom; without one the same search finds it.
func TestKeyHidesWhatIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		env    []string
		hidden bool
	}{
		"with a key":    {[]string{"HELIOGRAPH_EVENT_LOG_KEY=" + rightKey}, true},
		"without a key": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			n := startNetwork(t, 1)
			dir := t.TempDir()
			env := append([]string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + n.address, "HELIOGRAPH_DATA_DIR=" + dir}, c.env...)
			g := serve(t, env...)
			awaitHealthy(t, g)
			n.inject(200)
			leave(t, g, 200)
			for _, state := range []string{"while it runs", "after its end"} {
				for what, text := range map[string]string{"text": "n=123 xxx", "sender": "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37", "account": string(n.accounts[0])} {
					if found := filesWith(t, dir, text); (len(found) == 0) != c.hidden {
						t.Errorf("%s the %s is in %q", state, what, found)
					}
				}
				if found := filesWith(t, dir, rightKey); found != nil {
					t.Errorf("%s the key itself is in %q", state, found)
				}
				if state == "while it runs" {
					g.signal(syscall.SIGTERM)
					<-g.ended
				}
			}
			if strings.Contains(g.out.String(), rightKey) {
				t.Error("the key is printed")
			}
		})
	}
}

// A gateway whose key does not fit what is there says so, ends, and changes nothing; with the right one all is there.
func TestKeyThatDoesNotFitIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ begun, given, says string }{
		"another": {rightKey, wrongKey, "encrypted with another key"},
		"none":    {rightKey, "", "is encrypted, and there is no key"},
		"new":     {"", rightKey, "is not encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			n := startNetwork(t, 1)
			dir := t.TempDir()
			env := func(key string) []string {
				env := []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + n.address, "HELIOGRAPH_DATA_DIR=" + dir}
				if key != "" {
					env = append(env, "HELIOGRAPH_EVENT_LOG_KEY="+key)
				}
				return env
			}
			g := serve(t, env(c.begun)...)
			awaitHealthy(t, g)
			n.inject(50)
			left := leave(t, g, 50)
			g.signal(syscall.SIGTERM)
			<-g.ended

			before := contents(t, filepath.Join(dir, "store"))
			refused := start(t, environment(t, append(env(c.given), "HELIOGRAPH_LISTEN=127.0.0.1:0")...), "serve")
			if code := refused.exitCode(); code != 1 {
				t.Errorf("exit code %d", code)
			}
			if out := refused.out.String(); !strings.Contains(out, c.says) || strings.Contains(out, rightKey) || strings.Contains(out, wrongKey) {
				t.Errorf("it does not say %q, or it says the key:\n%s", c.says, out)
			}
			if diff := cmp.Diff(before, contents(t, filepath.Join(dir, "store"))); diff != "" || len(before) < 3 {
				t.Errorf("%d files, and they were changed: %s", len(before), diff)
			}

			g = serve(t, env(c.begun)...)
			awaitHealthy(t, g)
			n.inject(50)
			comeBack(t, g, left, func(t *testing.T, l listener, _ string) { l.messages(t, 50, 100) })
		})
	}
}
