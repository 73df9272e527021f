package arch_test

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	skips = regexp.MustCompile(`\b[tb]\.Skip(f|Now)?\(`)
	// machinePaths are folders of somebody's machine; a clone elsewhere has none of them.
	machinePaths = regexp.MustCompile("(?m)(^|[\\s\"'`=:(])/(home|root|Users|work|tmp/[a-z])/")
	unfinished   = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)
)

// maySkip are the folders whose tests need something that a fresh machine has
// not: the real signal-cli, published clients, the recorded exchanges beside the checkout.
var maySkip = []string{
	"test/realcli", "test/contract", "test/clients", "test/smalldisk",
}

// texts calls check for each line that matches pattern, of each text file that a person wrote.
func texts(t *testing.T, pattern *regexp.Regexp, check func(file string, line int, text string)) {
	t.Helper()
	names, err := tracked()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		switch path.Ext(name) {
		case ".go", ".md", ".sh", ".yaml", ".yml", ".java", "":
		default:
			continue
		}
		if strings.HasSuffix(name, ".gen.go") || strings.HasSuffix(name, "_gen.go") {
			continue
		}
		content, err := fs.ReadFile(dirFS, name)
		if err != nil {
			t.Fatal(err)
		}
		if !pattern.Match(content) {
			continue
		}
		for i, line := range strings.Split(string(content), "\n") {
			if pattern.MatchString(line) {
				check(name, i+1, line)
			}
		}
	}
}

func TestSkipsAreFew(t *testing.T) {
	texts(t, skips, func(file string, line int, _ string) {
		if !strings.HasSuffix(file, "_test.go") && !strings.HasPrefix(file, "test/") || strings.HasPrefix(file, "test/arch/") {
			return
		}
		if !mayBeSkipped(path.Dir(file)) {
			t.Errorf("%s:%d skips a test; only tests of what a fresh machine lacks may", file, line)
		}
	})
}

func mayBeSkipped(folder string) bool {
	for _, s := range maySkip {
		if below(folder, s) {
			return true
		}
	}
	return false
}

func TestNoMachinePaths(t *testing.T) {
	texts(t, machinePaths, func(file string, line int, text string) {
		t.Errorf("%s:%d names a folder of one machine: %s", file, line, strings.TrimSpace(text))
	})
}

func TestNothingIsLeftUndone(t *testing.T) {
	texts(t, unfinished, func(file string, line int, text string) {
		if !strings.HasPrefix(file, "test/arch/") {
			t.Errorf("%s:%d is left undone: %s", file, line, strings.TrimSpace(text))
		}
	})
}

// A file of 300 lines is reported, one of 500 holds two concepts.
func TestFilesAreShort(t *testing.T) {
	for _, f := range goFiles(t) {
		switch {
		case f.lines > 500 && !f.isTest():
			t.Errorf("%s has %d lines; which two concepts live there?", f.name, f.lines)
		case f.lines > 300:
			t.Logf("%s has %d lines", f.name, f.lines)
		}
	}
}
