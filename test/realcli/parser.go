package realcli

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

//go:embed parser/ParseVectors.java
var parseVectors []byte

// Parser is signal-cli's own argument parser in a JVM of its own. It parses a
// command line in well below a millisecond and runs none.
type Parser struct {
	turnMu sync.Mutex // one command line at a time
	in     io.Writer
	out    *bufio.Reader
}

// Parsed is what signal-cli understands of one command line.
type Parsed struct {
	OK      bool
	Error   string // why it is refused; "help" and "version" when it only prints those
	Command string

	// Params are the global options and those of the command, by long name in
	// signal-cli's spelling ("group-id"), with defaults and without what is absent.
	// A value is a string, bool, json.Number or []any of these.
	Params map[string]any

	// Logging is what signal-cli's separate first search for logging options found
	// in the whole command line, also where OK is false.
	Logging struct {
		VerboseLevel int
		LogFile      *string
		ScrubLog     bool
	}
}

// NewParser starts a parser, which ends with the test. It skips the test where
// Find does.
func NewParser(t testing.TB) *Parser {
	t.Helper()
	install := Find(t)
	sum := sha256.Sum256(append([]byte(install.JavaHome), parseVectors...))
	classes := install.cached(t, "parser-"+hex.EncodeToString(sum[:6]), func(dir string) error {
		source := filepath.Join(dir, "ParseVectors.java")
		return errors.Join(
			os.WriteFile(source, parseVectors, 0o644),
			mustRun(t.Context(), nil, install.java("javac"), "-cp", install.ClassPath(), "-d", dir, source),
		)
	})
	// the test's context ends before its cleanups run, so a stuck parser is killed;
	// without COLUMNS each command line starts a process that measures a terminal
	cmd := command(t.Context(), []string{"COLUMNS=100"}, install.java("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
		"-cp", install.ClassPath()+string(filepath.ListSeparator)+classes, "ParseVectors")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = killGroup(cmd, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	return &Parser{in: in, out: bufio.NewReader(out)}
}

// Parse parses the arguments that would follow the program's name. Bytes that
// are no UTF-8 arrive as U+FFFD. An error means that the parser itself is gone.
// Concurrent calls are allowed and wait for one another.
func (p *Parser) Parse(args []string) (Parsed, error) {
	if args == nil {
		args = []string{}
	}
	line, err := json.Marshal(args)
	if err != nil {
		return Parsed{}, err
	}
	p.turnMu.Lock()
	defer p.turnMu.Unlock()
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return Parsed{}, fmt.Errorf("parser: %w", err)
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		return Parsed{}, fmt.Errorf("parser: %w", err)
	}
	return readParsed(answer)
}

// readParsed reads one answer; numbers keep all their digits.
func readParsed(answer []byte) (parsed Parsed, err error) {
	decoder := json.NewDecoder(bytes.NewReader(answer))
	decoder.UseNumber()
	if err := decoder.Decode(&parsed); err != nil {
		return Parsed{}, fmt.Errorf("parser: %w in %q", err, answer)
	}
	return parsed, nil
}
