package arch_test

import (
	"io/fs"
	"os"
	"strings"
)

var dirFS = os.DirFS(root)

// walk lists the files of a copy of the repository that has no git.
func walk() ([]string, error) {
	var names []string
	err := fs.WalkDir(dirFS, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "build" || name != "." && name != ".ci" && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case entry.Type().IsRegular():
			names = append(names, name)
		}
		return nil
	})
	return names, err
}
