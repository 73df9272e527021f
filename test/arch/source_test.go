package arch_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the repository, seen from this package.
const root = "../.."

// goPackage is what `go list` says of one package.
type goPackage struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	// Imports are those of GoFiles; tests may import more.
	Imports []string
}

// path is the package's folder below the repository, "" for the root.
func (p goPackage) path() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "heliograph"), "/")
}

var listPackages = sync.OnceValues(func() ([]goPackage, error) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, err
		}
		packages = append(packages, p)
	}
})

// packages lists all packages of the module.
func packages(t *testing.T) []goPackage {
	t.Helper()
	list, err := listPackages()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if len(list) < 10 {
		t.Fatalf("go list names only %d packages", len(list))
	}
	return list
}

// goFile is one parsed source file.
type goFile struct {
	// name is relative to the repository, with slashes.
	name string
	fset *token.FileSet
	ast  *ast.File
	// lines is the file's length.
	lines int
}

// dir is the file's folder below the repository.
func (f goFile) dir() string { return filepath.ToSlash(filepath.Dir(f.name)) }

// isTest reports whether only tests compile the file.
func (f goFile) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// position is file:line of a node.
func (f goFile) position(n ast.Node) string {
	p := f.fset.Position(n.Pos())
	return f.name + ":" + strconv.Itoa(p.Line)
}

var parseFiles = sync.OnceValues(func() ([]goFile, error) {
	names, err := tracked()
	if err != nil {
		return nil, err
	}
	var files []goFile
	for _, name := range names {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, filepath.Join(root, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, goFile{name: name, fset: fset, ast: tree, lines: fset.File(tree.Pos()).LineCount()})
	}
	return files, nil
})

// goFiles parses all Go files of the repository that a person wrote.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	files, err := parseFiles()
	if err != nil {
		t.Fatalf("parsing the repository: %v", err)
	}
	var written []goFile
	for _, f := range files {
		if !ast.IsGenerated(f.ast) {
			written = append(written, f)
		}
	}
	if len(written) < 50 {
		t.Fatalf("found only %d Go files", len(written))
	}
	return written
}

// tracked lists the repository's files: what git keeps or would keep.
func tracked() ([]string, error) {
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil { // no git here: everything but hidden and built files
		return walk()
	}
	var names []string
	for s := bufio.NewScanner(strings.NewReader(string(out))); s.Scan(); {
		if _, err := fs.Stat(dirFS, s.Text()); err == nil { // deleted, and not committed yet
			names = append(names, s.Text())
		}
	}
	return names, nil
}
