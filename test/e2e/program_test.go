package e2e_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// hangLimit ends what should have ended long before; no test waits for it when all is well. On two busy cores a process of
// the real signal-cli takes up to 20 s, the first one of an installation, which writes the archive of classes, longer.
const hangLimit = 3 * time.Minute

// binary is the built program.
var binary string

// built is the variable that tells a child of a test where the program is.
const built = "HELIOGRAPH_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if binary = os.Getenv(built); binary != "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "heliograph-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "heliograph")
	if out, err := exec.Command("go", "build", raceFlag, "-o", binary, "heliograph").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir) // the system's folder for temporary files
	os.Exit(code)
}

// program is one running process of ours.
type program struct {
	t   testing.TB
	cmd *exec.Cmd
	out *output
	// ended is closed when the process has ended.
	ended chan struct{}
	err   error
}

// output collects the lines that a process prints.
type output struct {
	mu    sync.Mutex // guards the following
	lines []string
	more  chan struct{} // closed at the next line
}

func (o *output) add(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, line)
	close(o.more)
	o.more = make(chan struct{})
}

// from gives the lines from the nth on, and a channel that is closed when there are more.
func (o *output) from(n int) ([]string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lines[n:], o.more
}

func (o *output) String() string {
	lines, _ := o.from(0)
	return strings.Join(lines, "\n")
}

// environment is that of a fresh machine: a home of its own, and env over it.
func environment(t testing.TB, env ...string) []string {
	t.Helper()
	home := t.TempDir()
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + t.TempDir()}, env...)
}

// start runs the program; it is killed when the test ends, and a data race in it fails the test.
func start(t testing.TB, env []string, args ...string) *program {
	t.Helper()
	p := &program{t: t, cmd: exec.Command(binary, args...), out: &output{more: make(chan struct{})}, ended: make(chan struct{})}
	p.cmd.Env = env
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for _, r := range []io.Reader{stderr, stdout} {
		readers.Go(func() {
			for s := bufio.NewScanner(r); s.Scan(); {
				p.out.add(s.Text())
			}
		})
	}
	go func() {
		readers.Wait()
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() || strings.Contains(p.out.String(), "DATA RACE") {
			t.Errorf("output of the program:\n%s", p.out)
		}
	})
	return p
}

// await waits for a line that matches, from the start of the output on, and gives its last submatch.
func (p *program) await(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	timeout := time.NewTimer(hangLimit)
	defer timeout.Stop()
	for seen := 0; ; {
		lines, more := p.out.from(seen)
		for _, line := range lines {
			if m := re.FindStringSubmatch(line); m != nil {
				return m[len(m)-1]
			}
		}
		seen += len(lines)
		select {
		case <-more:
		case <-p.ended:
			if lines, _ := p.out.from(seen); len(lines) == 0 {
				p.t.Fatalf("the program ended (%v) before it printed %s", p.err, pattern)
			}
		case <-timeout.C:
			p.t.Fatalf("the program did not print %s", pattern)
		}
	}
}

// exitCode waits for the end of the process.
func (p *program) exitCode() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(hangLimit):
		p.t.Fatal("the program does not end")
	}
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		p.t.Fatal(p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// gateway is a running gateway.
type gateway struct {
	*program
	// url is http://host:port.
	url string
}

// serve starts a gateway on a free port and waits until it listens.
func serve(t testing.TB, env ...string) gateway {
	t.Helper()
	p := start(t, environment(t, append([]string{"HELIOGRAPH_LISTEN=127.0.0.1:0"}, env...)...), "serve")
	address := p.await(`msg=listening address=(\S+)`)
	return gateway{program: p, url: "http://" + address}
}

// simulated starts `heliograph simulator` and gives its address in the form of HELIOGRAPH_SIGNAL_CLI_ADDRESS.
func simulated(t *testing.T, listen, receiveMode string) string {
	t.Helper()
	p := start(t, environment(t), "simulator", "--listen", listen, "--receive-mode", receiveMode)
	return p.await(`as signal-cli daemon on (\S+)\. `)
}

// socketPath is short enough for a Unix socket, whatever the folder of temporary files.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "h")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // the system's folder for temporary files
	return filepath.Join(dir, "s")
}

// within bounds what a test waits for.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hangLimit)
	t.Cleanup(cancel)
	return ctx
}

// pause is between two looks at something that has no way to say when it changes.
func pause() { time.Sleep(20 * time.Millisecond) }

// dialable reports whether something listens.
func dialable(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
