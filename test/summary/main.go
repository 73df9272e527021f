// Command summary reads `go test -json` from standard input and prints what a
// person wants to see of it: the line of each package, the whole output of what
// failed, each skipped test with its reason, and the counts at the end.
//
// The exit status is 1 when a test or a build failed, and with -no-skips also
// when a test was skipped.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action, Package, Test, Output, ImportPath string
}

func main() {
	noSkips := flag.Bool("no-skips", os.Getenv("HELIOGRAPH_TEST_NO_SKIPS") != "", "fail when a test was skipped")
	flag.Parse()
	s := summary{out: os.Stdout, output: map[string]*strings.Builder{}, broken: map[string]bool{}}
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		os.Exit(1)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	if s.failed > 0 || s.passed == 0 || *noSkips && s.skipped > 0 {
		os.Exit(1)
	}
}

// summary counts tests and keeps the output of those that run.
type summary struct {
	out    io.Writer
	output map[string]*strings.Builder
	// broken are packages in which a test failed.
	broken                  map[string]bool
	passed, failed, skipped int
}

func (s *summary) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(s.out, lines.Text()) // what the tool itself says
			continue
		}
		s.event(e)
	}
	return lines.Err()
}

func (s *summary) event(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		if s.output[key] == nil {
			s.output[key] = &strings.Builder{}
		}
		s.output[key].WriteString(e.Output)
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "build-fail":
		s.failed++
	case "pass", "fail", "skip":
		s.end(e, key)
		delete(s.output, key)
	}
}

// end reports a test, or, where Test is empty, a package.
func (s *summary) end(e event, key string) {
	text := ""
	if b := s.output[key]; b != nil {
		text = b.String()
	}
	switch {
	case e.Test == "" && e.Action == "fail":
		if !s.broken[e.Package] { // ended without a test to blame
			s.failed++
		}
		fmt.Fprint(s.out, text)
	case e.Test == "":
		if line := lastLine(text); !strings.Contains(line, "[no test files]") {
			fmt.Fprintln(s.out, line)
		}
	case e.Action == "pass":
		s.passed++
	case e.Action == "fail":
		s.failed++
		s.broken[e.Package] = true
		fmt.Fprint(s.out, text)
	default:
		s.skipped++
		fmt.Fprintf(s.out, "SKIP %s %s\n", e.Package, strings.Join(strings.Fields(text), " "))
	}
}

func lastLine(text string) string {
	text = strings.TrimRight(text, "\n")
	return text[strings.LastIndexByte(text, '\n')+1:]
}
