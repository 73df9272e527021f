package child

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// DefaultGrace is the time between SIGTERM and SIGKILL.
const DefaultGrace = 5 * time.Second

// lastBytes is how long output is awaited that a process which left the group still holds open.
const lastBytes = 250 * time.Millisecond

// Command is what to run.
type Command struct {
	// Program is looked up in PATH unless it holds a slash; then it is relative to the directory of this program, not to Dir.
	Program string
	Args    []string
	// Env is added to the environment of this program (without our own HELIOGRAPH_ variables); the last of a name counts.
	Env []string
	// TempDir is where the process and its Java machine put temporary files; empty for the system's.
	TempDir string
	// JavaOptions are for the Java machine, where there is one; those of the user (JAVA_OPTS) come after them and win.
	JavaOptions []string
	// Dir is the working directory; empty for that of this program.
	Dir string
	// Stdin is the whole of standard input; empty for /dev/null.
	Stdin string
	// Talk makes standard input a pipe: Process.Write and CloseWrite.
	Talk bool
	// Stderr takes each line of standard error without its end, cut at 64 KiB, from one goroutine. The slice is reused. May be nil.
	Stderr func(line []byte)
	// Grace is the time between SIGTERM and SIGKILL, and what a process that was left behind gets; 0 is DefaultGrace.
	Grace time.Duration
}

// Exit is how a process ended.
type Exit struct {
	// Code is the exit status, -1 after a signal.
	Code int
	// Signal is 0 when the process ended by itself.
	Signal syscall.Signal
	// Terminated says that Terminate or Kill asked for it.
	Terminated bool
}

// Process is a started Command. Its methods may be called from anywhere, except that Read belongs to one goroutine.
type Process struct {
	cmd    *exec.Cmd
	grace  time.Duration
	stdin  *os.File // our end; nil unless Talk
	stdout *os.File
	stderr *os.File

	stderrDone chan struct{}
	done       chan struct{}
	exit       Exit // set before done is closed

	groupMu    sync.Mutex // guards the group's number against reuse
	reaped     bool
	terminated bool
	killer     *time.Timer
}

// Start starts the command. Errors are those of package exec, syscall.E2BIG among them.
func Start(c Command) (*Process, error) {
	p := &Process{
		cmd:   exec.Command(c.Program, c.Args...),
		grace: c.Grace, stderrDone: make(chan struct{}), done: make(chan struct{}),
	}
	if p.grace <= 0 {
		p.grace = DefaultGrace
	}
	if !filepath.IsAbs(c.Program) && strings.Contains(c.Program, "/") {
		// Package exec would take it from Dir.
		if path, err := filepath.Abs(c.Program); err == nil {
			p.cmd.Path = path
		}
	}
	p.cmd.Dir, p.cmd.Env, p.cmd.SysProcAttr = c.Dir, c.environment(), attributes()
	p.cmd.WaitDelay = lastBytes // for a standard input that nobody reads
	if c.Stdin != "" {
		p.cmd.Stdin = strings.NewReader(c.Stdin)
	}
	theirs, err := p.pipes(c.Talk)
	if err != nil {
		return nil, err
	}
	started := make(chan error, 1)
	go p.run(started)
	err = <-started
	closeAll(theirs)
	if err != nil {
		closeAll([]*os.File{p.stdin, p.stdout, p.stderr})
		return nil, err
	}
	go p.readStderr(c.Stderr)
	return p, nil
}

// pipes makes the ends of the child's streams, and gives those that are the child's.
func (p *Process) pipes(talk bool) (theirs []*os.File, err error) {
	var ours []*os.File
	defer func() {
		if err != nil {
			closeAll(append(ours, theirs...))
		}
	}()
	for _, end := range []struct {
		mine  **os.File
		child func(*os.File)
	}{
		{&p.stdout, func(f *os.File) { p.cmd.Stdout = f }},
		{&p.stderr, func(f *os.File) { p.cmd.Stderr = f }},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			return theirs, err
		}
		*end.mine = r
		end.child(w)
		ours, theirs = append(ours, r), append(theirs, w)
	}
	if talk {
		r, w, err := os.Pipe()
		if err != nil {
			return theirs, err
		}
		p.stdin, p.cmd.Stdin = w, r
		theirs = append(theirs, r)
	}
	return theirs, nil
}

// run starts the process, waits for its end and cleans up behind it. It keeps
// its thread: the signal that ends a child with its parent is sent when the thread that started it ends.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.awaitExit()
	p.awaitGroup()

	p.groupMu.Lock()
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	p.reaped = true
	if p.killer != nil {
		p.killer.Stop()
	}
	p.exit.Terminated = p.terminated
	p.groupMu.Unlock()

	p.cmd.Wait() // what it says is in ProcessState
	p.exit.Code = p.cmd.ProcessState.ExitCode()
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		p.exit.Signal = status.Signal()
	}
	p.stderr.SetReadDeadline(time.Now().Add(lastBytes))
	<-p.stderrDone
	p.stdout.SetReadDeadline(time.Now()) // wakes a Read that waits for one who left the group
	if p.stdin != nil {
		p.stdin.Close()
	}
	close(p.done)
}

// awaitGroup gives what the process left behind the grace to end by itself. Standard error tells: it
// ends when the last of the group is gone.
func (p *Process) awaitGroup() {
	patience := time.NewTimer(p.grace)
	defer patience.Stop()
	select {
	case <-p.stderrDone:
	case <-patience.C:
	}
}

// Read reads standard output. It gives io.EOF when the process and its group are gone.
func (p *Process) Read(b []byte) (int, error) {
	for last := false; ; last = true {
		n, err := p.stdout.Read(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		if last {
			return 0, io.EOF
		}
		p.stdout.SetReadDeadline(time.Now().Add(lastBytes))
	}
}

// Write writes to standard input; only with Command.Talk. CloseWrite ends one that waits.
func (p *Process) Write(b []byte) (int, error) { return p.stdin.Write(b) }

// CloseWrite ends standard input; only with Command.Talk.
func (p *Process) CloseWrite() error { return p.stdin.Close() }

// CloseRead ends a Read that waits, and makes standard output end for the process.
func (p *Process) CloseRead() error { return p.stdout.Close() }

// Done is closed when the process and its group are gone and standard error was read to its end.
func (p *Process) Done() <-chan struct{} { return p.done }

// Pid is the number of the process, and of its group.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Exit is how the process ended; valid after Done.
func (p *Process) Exit() Exit { return p.exit }

// Release gives up standard output. It must be called once, after Done and after the last Read.
func (p *Process) Release() { p.stdout.Close() }

// Terminate sends SIGTERM to the group, and SIGKILL after the grace. It does not wait; further calls do nothing.
func (p *Process) Terminate() {
	p.groupMu.Lock()
	defer p.groupMu.Unlock()
	if p.reaped || p.terminated {
		return
	}
	p.terminated = true
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	p.killer = time.AfterFunc(p.grace, p.Kill)
}

// Kill ends the group at once. It does not wait.
func (p *Process) Kill() {
	p.groupMu.Lock()
	defer p.groupMu.Unlock()
	if p.reaped {
		return
	}
	p.terminated = true
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
}
