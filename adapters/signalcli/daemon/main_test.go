package daemon_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/adapters/signalcli/daemon"
	"heliograph/adapters/simulator"
)

// hang is when a test gives up; no test waits for it.
const hang = 30 * time.Second

// The faults of a process are played by this very program, started under another role. What signal-cli says is
// not played here: that is the simulator's.
const role = "DAEMON_TEST_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(role) == "simulator" {
		if !simulator.IsBackground(os.Args[1:]) {
			note("")
		}
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		code := simulator.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
		stop()
		os.Exit(code)
	}
	if r := os.Getenv(role); r != "" {
		os.Exit(play(r))
	}
	goleak.VerifyTestMain(m)
}

// play is the child. It appends a line to the file `starts` at each start.
func play(role string) int {
	note(strings.Join(os.Args[1:], " "))
	switch role {
	case "exits":
		fmt.Fprintln(os.Stderr, "ERROR AccountsStore - Failed to update accounts list")
		return 3
	case "is refused":
		fmt.Fprintln(os.Stderr, "signal-cli version is too old for the Signal-Server, please update.")
		return 3
	case "never listens":
		time.Sleep(time.Hour)
	case "ignores SIGTERM":
		signal.Ignore(syscall.SIGTERM)
	case "floods the log":
		go func() {
			for {
				fmt.Fprintln(os.Stderr, "INFO  App - Received from +15550100001: again and again")
				fmt.Fprintln(os.Stdout, "Body: again and again")
			}
		}()
	case "leaves the socket":
		defer syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	for _, arg := range os.Args {
		for _, network := range []string{"socket", "tcp"} {
			place, ok := strings.CutPrefix(arg, "--"+network+"=")
			if !ok {
				continue
			}
			return serve(strings.Replace(network, "socket", "unix", 1), place)
		}
	}
	return echo(struct {
		io.Reader
		io.Writer
	}{os.Stdin, os.Stdout})
}

func note(line string) {
	f, err := os.OpenFile(os.Getenv("DAEMON_TEST_NOTES"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	fmt.Fprintf(f, "%d %s\n", os.Getpid(), line)
	f.Close()
}

// serve echoes on each connection, until SIGTERM or the line `die`.
func serve(network, place string) int {
	l, err := net.Listen(network, place)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	terminated := make(chan os.Signal, 1)
	if os.Getenv(role) != "ignores SIGTERM" {
		signal.Notify(terminated, syscall.SIGTERM)
	}
	died := make(chan int, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { died <- echo(conn) }()
		}
	}()
	for {
		select {
		case <-terminated:
			return 0
		case status := <-died:
			if status != 0 {
				return status
			}
		}
	}
}

func echo(rw io.ReadWriter) int {
	lines := bufio.NewScanner(rw)
	for lines.Scan() {
		if lines.Text() == "die" {
			return 7
		}
		fmt.Fprintln(rw, lines.Text())
	}
	return 0
}

// rig is a supervisor that runs until the test ends.
type rig struct {
	*daemon.Supervisor
	notes  string
	dir    string
	log    *lockedBuffer
	cancel context.CancelFunc
	done   chan error
}

func start(t *testing.T, as string, options daemon.Options, probe func(context.Context) error) *rig {
	t.Helper()
	scratch := t.TempDir()
	r := &rig{notes: filepath.Join(scratch, "notes"), dir: filepath.Join(scratch, "run"), log: &lockedBuffer{}, done: make(chan error, 1)}
	t.Setenv(role, as)
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	t.Setenv("DAEMON_TEST_NOTES", r.notes)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	options.Command, options.Dir, options.Log = program, r.dir, r.log.logger()
	if options.Grace == 0 {
		options.Grace = hang
	}
	options.MinPause, options.MaxPause = time.Millisecond, 5*time.Millisecond
	if r.Supervisor, err = daemon.New(options); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	go func() { r.done <- r.Run(ctx, probe) }()
	t.Cleanup(func() { r.stop(t) })
	return r
}

// stop ends Run and looks for what it left behind.
func (r *rig) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	select {
	case err := <-r.done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		r.done <- err
	case <-time.After(hang):
		t.Fatal("Run does not end")
	}
	for _, start := range r.starts() {
		var pid int
		fmt.Sscan(start, &pid)
		if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
			t.Errorf("process %d is left: %v", pid, err)
		}
	}
	if _, err := os.Stat(r.dir); !os.IsNotExist(err) {
		t.Errorf("the directory is left: %v", err)
	}
}

// starts are the lines that processes wrote at their start.
func (r *rig) starts() []string {
	b, _ := os.ReadFile(r.notes)
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

func (r *rig) awaitStarts(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(hang); len(r.starts()) < n; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d starts, want %d; log:\n%s", len(r.starts()), n, r.log)
		}
	}
}

// talk makes a connection and sends a line over it.
func (r *rig) talk(t *testing.T, line string) io.ReadWriteCloser {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	conn, err := r.Dial(ctx)
	if err != nil {
		t.Fatalf("%v; log:\n%s", err, r.log)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, line+"\n"); err != nil {
		t.Fatal(err)
	}
	return conn
}

func wantEcho(t *testing.T, conn io.Reader, line string) {
	t.Helper()
	b := make([]byte, len(line)+1)
	if _, err := io.ReadFull(conn, b); err != nil || string(b) != line+"\n" {
		t.Errorf("echo %q, %v", b, err)
	}
}

// lockedBuffer is a log that can be read while it is written.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *lockedBuffer) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }
