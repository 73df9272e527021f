package process

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"

	"heliograph/adapters/signalcli/process/child"
	"heliograph/domain"
)

// run is one process of signal-cli with its temporary directory.
type run struct {
	process *child.Process
	stderr  *tail
	dir     string
	unhook  func() bool // from the end of the carrier
	// abandoned says that the caller has gone, yielded that it ended for a call that waits for its turn.
	abandoned, yielded atomic.Bool
}

// start starts signal-cli. After success the caller must wait for the run, and then call c.runs.Done.
// Errors: Unavailable (certainly nothing was started), TooLarge.
func (c *Carrier) start(args []string, stdin string, java []string) (*run, error) {
	c.runsMu.Lock()
	if c.stop.Err() != nil {
		c.runsMu.Unlock()
		return nil, errClosed
	}
	c.runs.Add(1)
	c.runsMu.Unlock()
	r, err := c.launch(args, stdin, java)
	if err != nil {
		c.runs.Done()
		err = startError(err)
		c.remember(err)
		return nil, err
	}
	r.unhook = context.AfterFunc(c.stop, r.end)
	return r, nil
}

func (c *Carrier) launch(args []string, stdin string, java []string) (*run, error) {
	dir, err := c.scratch.make()
	if err != nil {
		return nil, err
	}
	r := &run{dir: dir, stderr: &tail{}}
	log := child.NewLogger(c.log)
	r.process, err = child.Start(child.Command{
		Program: c.options.Command, Args: args, Stdin: stdin, Grace: c.options.Grace,
		Dir: dir, TempDir: dir, JavaOptions: java,
		Stderr: func(line []byte) {
			log.Take(line)
			r.stderr.add(line)
		},
	})
	if err != nil {
		dropDir(dir)
		return nil, err
	}
	return r, nil
}

// end asks the process to end, and sees to it. It does not wait.
func (r *run) end() { r.process.Terminate() }

// wait waits for the end of the process, whose output must have been read, and cleans up behind it.
func (r *run) wait() child.Exit {
	<-r.process.Done()
	r.unhook()
	r.process.Release()
	dropDir(r.dir)
	return r.process.Exit()
}

// startError says what kept a process from starting.
func startError(err error) error {
	e := &domain.Error{Kind: domain.Unavailable, Detail: "signal-cli cannot be started", Err: err}
	var exe *exec.Error
	switch {
	case errors.Is(err, syscall.E2BIG):
		e.Kind, e.Detail = domain.TooLarge, "the values are together too long to be passed to signal-cli"
	case errors.Is(err, fs.ErrNotExist), errors.As(err, &exe):
		e.Detail = "signal-cli is not installed, or not where it was looked for"
	}
	return e
}

// tailLimit bounds what is kept of standard error, in bytes.
const tailLimit = 64 << 10

// tail keeps the last lines of standard error. It belongs to one goroutine until the process is done.
type tail struct {
	lines []string
	size  int
}

func (t *tail) add(line []byte) {
	t.lines = append(t.lines, string(line))
	t.size += len(line) + 1
	for t.size > tailLimit && len(t.lines) > 1 {
		t.size -= len(t.lines[0]) + 1
		t.lines = t.lines[1:]
	}
}

func (t *tail) bytes() []byte { return []byte(strings.Join(t.lines, "\n")) }
