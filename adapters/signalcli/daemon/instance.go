package daemon

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"heliograph/adapters/signalcli/process/child"
	"heliograph/domain"
)

// instance is one process of the daemon.
type instance struct {
	process *child.Process
	address address
	claimed atomic.Bool // its standard streams have an owner
	output  chan struct{}
}

// runOnce starts a daemon, sees to it until it has ended or must be replaced, and says why. When it returns the process is gone.
func (s *Supervisor) runOnce(ctx context.Context, dir string, probe func(ctx context.Context) error) (reason string) {
	began := time.Now()
	i, err := s.start(dir)
	if err != nil {
		return err.Error()
	}
	defer s.finish(i)
	if reason := s.awaitListening(ctx, i); reason != "" {
		return reason
	}
	s.log.Info("signal-cli runs", "channel", s.options.Channel, "after", time.Since(began).Round(time.Millisecond))
	s.publish(i)
	defer s.publish(nil)
	return s.watch(ctx, i, probe)
}

// start starts a process behind what an earlier one may have left.
func (s *Supervisor) start(dir string) (*instance, error) {
	temp := filepath.Join(dir, "tmp")
	if err := os.RemoveAll(temp); err != nil {
		return nil, err
	}
	if err := os.Mkdir(temp, 0o700); err != nil {
		return nil, err
	}
	address, err := s.options.Channel.address(dir)
	if err != nil {
		return nil, err
	}
	log := child.NewLogger(s.log)
	i := &instance{address: address, output: make(chan struct{})}
	i.process, err = child.Start(child.Command{
		Program: s.options.Command, Args: s.arguments(address), Dir: dir, TempDir: temp, Grace: s.options.Grace,
		Talk: s.options.Channel == Stdio,
		Stderr: func(line []byte) {
			s.hear(line)
			log.Take(line)
		},
	})
	if err != nil {
		return nil, err
	}
	s.note(i.process)
	if s.options.Channel == Stdio {
		close(i.output)
	} else {
		go s.readOutput(i)
	}
	return i, nil
}

// readOutput keeps the daemon from waiting for a reader of its output, which should hold nothing but perhaps log lines.
func (s *Supervisor) readOutput(i *instance) {
	defer close(i.output)
	child.EachLine(i.process, 4<<10, child.NewLogger(s.log).Take)
}

// finish ends the process and waits until it is gone.
func (s *Supervisor) finish(i *instance) {
	i.process.Terminate()
	<-i.process.Done()
	<-i.output
	i.process.Release()
}

// listenInterval is how often a daemon that starts is tried.
const listenInterval = 50 * time.Millisecond

// awaitListening waits until the daemon takes connections; otherwise it says why it will not.
func (s *Supervisor) awaitListening(ctx context.Context, i *instance) (reason string) {
	if s.options.Channel == Stdio {
		return ""
	}
	limit := time.NewTimer(s.options.StartLimit)
	defer limit.Stop()
	again := time.NewTicker(listenInterval)
	defer again.Stop()
	for {
		if conn, err := i.address.dial(ctx); err == nil {
			conn.Close()
			return ""
		}
		select {
		case <-again.C:
		case <-i.process.Done():
			return ended(i.process.Exit())
		case <-limit.C:
			return "it did not listen in time"
		case <-ctx.Done():
			return "shutdown"
		}
	}
}

// watch returns when the daemon has ended, no longer answers, or ctx ends.
func (s *Supervisor) watch(ctx context.Context, i *instance, probe func(ctx context.Context) error) (reason string) {
	interval := time.NewTicker(s.options.ProbeInterval)
	defer interval.Stop()
	for missed := 0; missed < 2; {
		select {
		case <-i.process.Done():
			return ended(i.process.Exit())
		case <-ctx.Done():
			return "shutdown"
		case <-interval.C:
		}
		if probe == nil {
			continue
		}
		// Being out of touch says nothing: the connection of the one who asks may be new, or held back on purpose.
		switch err := s.ask(ctx, i, probe); {
		case err == nil:
			missed = 0
		case domain.KindOf(err) == domain.Timeout && ctx.Err() == nil:
			missed++
			s.log.Warn("signal-cli does not answer", "times", missed)
		}
	}
	return "it does not answer"
}

// ask asks for a sign of life. It ends with the process, too.
func (s *Supervisor) ask(ctx context.Context, i *instance, probe func(ctx context.Context) error) error {
	asking, cancel := context.WithTimeout(ctx, s.options.ProbeLimit)
	defer cancel()
	answer := make(chan error, 1)
	go func() { answer <- probe(asking) }()
	select {
	case err := <-answer:
		return err
	case <-i.process.Done():
		cancel()
		<-answer
		return context.Canceled
	}
}

// dial connects; nil without an error says that there is nothing to be had of this one.
func (i *instance) dial(ctx context.Context) (io.ReadWriteCloser, error) {
	if i.address.network != "" {
		return i.address.dial(ctx)
	}
	if !i.claimed.CompareAndSwap(false, true) {
		return nil, nil
	}
	return &streams{i.process}, nil
}

// streams are the standard streams of a child as a connection.
type streams struct{ *child.Process }

// Close ends the process; a Read or Write that waits returns.
func (s *streams) Close() error {
	s.CloseWrite()
	s.CloseRead()
	s.Terminate()
	return nil
}

func ended(e child.Exit) string {
	if e.Signal != 0 {
		return fmt.Sprintf("signal %d", e.Signal)
	}
	return fmt.Sprintf("status %d", e.Code)
}
