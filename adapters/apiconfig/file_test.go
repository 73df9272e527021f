package apiconfig_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/apiconfig"
	"heliograph/domain"
	"heliograph/test/conformance/trustmodestest"
)

const alice, bob = domain.Account("+15550100001"), domain.Account("+15550100002")

func TestConformance(t *testing.T) {
	trustmodestest.Run(t, func(t *testing.T) trustmodestest.Harness {
		path := filepath.Join(t.TempDir(), "data", apiconfig.FileName)
		return trustmodestest.Harness{Account: alice, Other: bob, Open: func(t *testing.T) trustmodestest.Modes {
			f, err := apiconfig.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}}
	})
}

// reference is a file as the reference writes it.
const reference = "config:\n  \"+15550100001\":\n    trust_mode: 2\n  \"+15550100002\":\n    trust_mode: 1\n  \"+15550100003\":\n    trust_mode: 0\n"

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), apiconfig.FileName)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFileOfTheReferenceIsRead(t *testing.T) {
	f, err := apiconfig.Open(write(t, reference))
	if err != nil {
		t.Fatal(err)
	}
	for account, want := range map[domain.Account]domain.TrustMode{alice: domain.TrustNever, bob: domain.TrustAlways,
		"+15550100003": domain.TrustOnFirstUse, "+15550100004": ""} {
		if got := f.Mode(account); got != want {
			t.Errorf("%s: got %q, want %q", account, got, want)
		}
	}
}

func TestFileStaysOneOfTheReference(t *testing.T) {
	path := write(t, "other: [1, 2]\n"+reference)
	f, err := apiconfig.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetTrustMode(t.Context(), bob, domain.TrustNever); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	blank := strings.NewReplacer(" ", "")
	if want := strings.Replace(reference, "trust_mode: 1", "trust_mode: 2", 1); !strings.Contains(blank.Replace(string(content)), blank.Replace(want)) {
		t.Errorf("written:\n%s", content)
	}
	if !strings.Contains(string(content), "other:") {
		t.Errorf("other content is gone:\n%s", content)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhatCannotBeUnderstoodIsNotTakenForTheDefault(t *testing.T) {
	for name, content := range map[string]string{
		"no YAML":         "config: [",
		"a list":          "- 1",
		"no mapping":      "config: 3",
		"a mode too many": "config: {\"+15550100001\": {trust_mode: 3}}",
		"unknown mode":    "config: {\"+15550100001\": {trust_mode: sometimes}}",
		"negative mode":   "config: {\"+15550100001\": {trust_mode: -1}}",
	} {
		if _, err := apiconfig.Open(write(t, content)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	for name, content := range map[string]string{"empty": "", "no accounts": "config:\n", "nothing set": "config: {\"+15550100001\": }"} {
		if _, err := apiconfig.Open(write(t, content)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestModeThatCannotBeStoredIsNotInForce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "data", apiconfig.FileName)
	f, err := apiconfig.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data"), nil, 0o600); err != nil { // a file where the folder must be
		t.Fatal(err)
	}
	if err := f.SetTrustMode(t.Context(), alice, domain.TrustAlways); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("got %v", err)
	}
	if mode := f.Mode(alice); mode != "" {
		t.Errorf("mode %q is in force", mode)
	}
}

// The reference dies here: DEFECTS.md, number 13.
func TestDefect13ParallelReadsAndWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), apiconfig.FileName)
	f, err := apiconfig.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var all errgroup.Group
	for i := range 8 {
		account := domain.Account("+1555010000" + string(rune('1'+i)))
		all.Go(func() error {
			for range 20 {
				if err := f.SetTrustMode(t.Context(), account, domain.TrustNever); err != nil {
					return err
				}
				f.Mode(alice)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	again, err := apiconfig.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		if account := domain.Account("+1555010000" + string(rune('1'+i))); again.Mode(account) != domain.TrustNever {
			t.Errorf("%s was lost", account)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(reference))
	f.Add([]byte("config: {\"+1\": {trust_mode: 9999999999999999999}}"))
	f.Add([]byte("config: &a {b: *a}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), apiconfig.FileName)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := apiconfig.Open(path)
		if err != nil {
			return
		}
		if err := file.SetTrustMode(t.Context(), alice, domain.TrustNever); err != nil {
			return // such as a document that YAML reads and cannot write
		}
		again, err := apiconfig.Open(path)
		if err != nil || again.Mode(alice) != domain.TrustNever {
			t.Errorf("after a write: %v", err)
		}
	})
}
