package process

import (
	"os"
	"path/filepath"
)

// scratch is the directory in which each process has a temporary directory of its own: signal-cli unpacks 121 MB of
// libraries into it, which stay there when it is killed.
type scratch struct{ root string }

// newScratch empties root and makes it; an empty root stands for a fresh directory below the system's.
func newScratch(root string) (*scratch, error) {
	if root == "" {
		root, err := os.MkdirTemp("", "heliograph-process-")
		return &scratch{root}, err
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	if err := os.RemoveAll(root); err != nil {
		return nil, err
	}
	return &scratch{root}, os.MkdirAll(root, 0o700)
}

func (s *scratch) make() (string, error) { return os.MkdirTemp(s.root, "") }

func (s *scratch) remove() { os.RemoveAll(s.root) }

func dropDir(dir string) { os.RemoveAll(dir) }
