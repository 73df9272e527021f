package clients_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// root is the repository, seen from this package.
const root = "../.."

// installation is where install.sh put the clients.
type installation struct {
	dir     string // build/clients
	scripts string // this folder
}

// installed finds the clients. Where they are absent it skips the test, or fails
// it where CI is set in the environment.
func installed(t *testing.T) installation {
	t.Helper()
	scripts, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs(filepath.Join(root, "build", "clients"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "installed")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("clients absent: run make clients")
		}
		t.Skip("clients absent: run make clients")
	}
	return installation{dir: dir, scripts: scripts}
}

// python prepares a script of the folder python, to be run by the environment venv.
func (i installation) python(t *testing.T, venv, script string, args ...string) *exec.Cmd {
	t.Helper()
	python := filepath.Join(i.dir, venv, "bin", "python")
	command := exec.CommandContext(t.Context(), python, append([]string{filepath.Join(i.scripts, "python", script)}, args...)...)
	command.Env = i.environ()
	return command
}

// node prepares a script of the folder node.
func (i installation) node(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join(i.scripts, "node", script)}, args...)...)
	command.Env = append(i.environ(), "NODE_PATH="+filepath.Join(i.dir, "node", "node_modules"))
	return command
}

// environ keeps bytecode out of the repository and the user's proxies away from loopback.
func (i installation) environ() []string {
	return append(os.Environ(), "PYTHONPYCACHEPREFIX="+filepath.Join(i.dir, "pycache"), "no_proxy=*", "NO_PROXY=*")
}
