package arch_test

import (
	"strings"
	"testing"
)

func TestOnePackageComment(t *testing.T) {
	type seen struct {
		files    int
		comments []string
	}
	folders := map[string]*seen{}
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		s := folders[f.dir()]
		if s == nil {
			s = &seen{}
			folders[f.dir()] = s
		}
		s.files++
		if f.ast.Doc == nil {
			continue
		}
		s.comments = append(s.comments, f.name)
		want := "Package " + f.ast.Name.Name + " "
		if f.ast.Name.Name == "main" {
			continue // says what the program is, in its own words
		}
		if text := f.ast.Doc.Text(); !strings.HasPrefix(text, want) {
			t.Errorf("%s: the package comment begins %.40q, not %q", f.name, text, want)
		}
	}
	for folder, s := range folders {
		if len(s.comments) != 1 {
			t.Errorf("%s has %d package comments %v, one is wanted", folder, len(s.comments), s.comments)
		}
	}
}
