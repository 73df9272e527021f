package daemon

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process/child"
	"heliograph/domain"
)

// Options shape a Supervisor. The zero value works.
type Options struct {
	// Command is the program, looked up in PATH unless it holds a slash; default signal-cli.
	Command string
	// ConfigDir is signal-cli's data directory, an absolute path; empty for its own default.
	ConfigDir string
	// TrustMode is what signal-cli does with new identity keys of all accounts; empty for its own default.
	TrustMode domain.TrustMode
	// Channel is how the daemon is reached; default Socket.
	Channel Channel
	// Flags are further options of the daemon, such as --ignore-attachments.
	Flags []string
	// Dir is a directory for the socket and for temporary files of the daemon, of this supervisor alone; what is in it is removed. Beside it a file of
	// its name and .process tells the next supervisor which process to end, if this one is killed.
	// Empty, or a path that is too long for a socket, stands for a fresh one below the system's directory for temporary files.
	Dir string
	// StartLimit is how long a start may take until the daemon listens; default 2 minutes.
	StartLimit time.Duration
	// Grace is the time between SIGTERM and SIGKILL; default 5 s.
	Grace time.Duration
	// ProbeInterval is how often it is asked for a sign of life, ProbeLimit how long the answer may take; defaults 30 s and 20 s. After
	// two without an answer, and none with one between them, the daemon is replaced.
	ProbeInterval, ProbeLimit time.Duration
	// MinPause and MaxPause bound the pause before a restart; defaults 500 ms and 30 s. It grows with each restart and
	// begins anew after a daemon that ran for a minute.
	MinPause, MaxPause time.Duration
	// Log may be nil.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Command == "" {
		o.Command = "signal-cli"
	}
	for _, d := range []struct {
		value     *time.Duration
		otherwise time.Duration
	}{
		{&o.StartLimit, 2 * time.Minute}, {&o.Grace, child.DefaultGrace},
		{&o.ProbeInterval, 30 * time.Second}, {&o.ProbeLimit, 20 * time.Second},
		{&o.MinPause, 500 * time.Millisecond}, {&o.MaxPause, 30 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.otherwise
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Supervisor keeps one daemon running.
type Supervisor struct {
	options Options
	log     *slog.Logger

	mu      sync.Mutex // guards what follows
	current *instance  // nil while none is ready
	refused bool       // Signal takes this version no more, says one that has ended
	changed chan struct{}
}

// New makes a Supervisor; Run starts the daemon. It fails with Unavailable when the program is not installed.
func New(options Options) (*Supervisor, error) {
	options = options.withDefaults()
	if _, err := exec.LookPath(options.Command); err != nil {
		return nil, &domain.Error{Kind: domain.Unavailable, Detail: "signal-cli is not installed, or not where it was looked for", Err: err}
	}
	return &Supervisor{options: options, log: options.Log, changed: make(chan struct{})}, nil
}

// stable is after how long a daemon is no longer taken for one that cannot start.
const stable = time.Minute

// Run keeps the daemon running until ctx ends, then stops it and returns ctx.Err(). probe makes a round trip to the
// daemon; an error of kind Timeout is a daemon that does not answer, other errors say nothing of it. nil for no probing.
// It fails when there is no directory for the socket. It may run once.
func (s *Supervisor) Run(ctx context.Context, probe func(ctx context.Context) error) error {
	s.endLeft(ctx)
	dir, err := makeDir(s.options)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	defer os.Remove(s.markFile())
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval, pauses.Multiplier = s.options.MinPause, s.options.MaxPause, 2
	for ctx.Err() == nil {
		began := time.Now()
		reason := s.runOnce(ctx, dir, probe)
		if ctx.Err() != nil {
			break
		}
		if time.Since(began) > stable {
			pauses.Reset()
		}
		pause := pauses.NextBackOff()
		s.log.Error("signal-cli ended and is started again", "reason", reason, "after", time.Since(began).Round(time.Millisecond), "pause", pause.Round(time.Millisecond))
		wait(ctx, pause)
	}
	return ctx.Err()
}

// wait waits, or until ctx ends.
func wait(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Dial connects to the daemon, for which it waits until ctx ends while there is none. Over a child's standard streams there is one
// connection a process: closing it ends the process, and the next Dial gets the next one.
func (s *Supervisor) Dial(ctx context.Context) (io.ReadWriteCloser, error) {
	for {
		s.mu.Lock()
		current, changed := s.current, s.changed
		s.mu.Unlock()
		if current != nil {
			conn, err := current.dial(ctx)
			if conn != nil || err != nil {
				return conn, err
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, s.notReady(ctx.Err())
		}
	}
}

// notReady is why there was no daemon to connect to.
func (s *Supervisor) notReady(cause error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused {
		return &domain.Error{Kind: domain.Unavailable, Detail: "signal-cli is too old for Signal: install a newer one",
			Err: errors.Join(cause, &domain.BackendOutdated{})}
	}
	return &domain.Error{Kind: domain.Unavailable, Detail: "signal-cli is not ready", Err: cause}
}

// hear looks for what only a daemon that cannot start says.
func (s *Supervisor) hear(line []byte) {
	if !signalcli.VersionRefused(line) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = true
}

// publish says which daemon is ready; nil for none.
func (s *Supervisor) publish(current *instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = current
	if current != nil {
		s.refused = false
	}
	close(s.changed)
	s.changed = make(chan struct{})
}
