package process

import (
	"context"
	"encoding/json"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process/child"
	"heliograph/domain"
	"heliograph/ports"
)

var (
	_ signalcli.Carrier = (*Carrier)(nil)
	_ signalcli.Linker  = (*Carrier)(nil)
	_ ports.Poller      = (*Carrier)(nil)
	_ ports.Backend     = (*Carrier)(nil)
)

// Options shape a Carrier. The zero value works.
type Options struct {
	// Command is the program, looked up in PATH unless it holds a slash; default signal-cli.
	Command string
	// ConfigDir is signal-cli's data directory, an absolute path; empty for its own default.
	ConfigDir string
	// TrustMode says what signal-cli does with new identity keys of an account; may be nil, and give the empty mode for
	// signal-cli's own default. It is called from any goroutine.
	TrustMode func(domain.Account) domain.TrustMode
	// Timeout bounds one process, from its start; default 120 s.
	Timeout time.Duration
	// Linger is how long a call with an effect may go on when its caller has gone, within Timeout; default 15 s.
	Linger time.Duration
	// PollTimeout is how long a poll that asks for no time waits for a message; default 1 s.
	PollTimeout time.Duration
	// PollShare is how long a poll may run while a call waits for it; default 10 s. Then it ends and gives what it has.
	PollShare time.Duration
	// Processes bounds how many run at once, of one account too: they wait for its files inside signal-cli, but start side by
	// side. Default twice the number of CPUs. Links are bounded apart, by MaxLinks.
	Processes int
	// Waiting bounds the calls of one account that wait for their turn; default 64.
	Waiting int
	// WaitingInAll bounds the calls of all accounts, known or not, that wait for their turn; default 512.
	WaitingInAll int
	// MaxOutput bounds the answer of one call, in bytes; default 192 MiB (an attachment of 100 MB is 134 MB).
	MaxOutput int64
	// Grace is the time between SIGTERM and SIGKILL; default 5 s.
	Grace time.Duration
	// TempDir is a directory of the gateway's own for what processes leave in their temporary directory. It is made
	// when needed, and what is in it is removed by New and by Close; empty for a fresh one below the system's.
	TempDir string
	// Archive is a file in which the Java machine keeps what it learnt at its start, which makes the next start
	// cheaper; empty for none. Warm makes it, as ARCHIVE.new until it is complete.
	Archive string
	// Log may be nil.
	Log *slog.Logger
}

// Carrier starts a process for each call. The caller must Close it.
type Carrier struct {
	options Options
	queue   *queue
	links   chan struct{} // a place for each that runs
	scratch *scratch
	log     *slog.Logger

	stop    context.Context // ends with Close
	stopNow context.CancelFunc
	runsMu  sync.Mutex // guards that runs only grows before Close
	runs    sync.WaitGroup

	lastMu sync.Mutex
	last   lastCall
}

// New makes a Carrier. It fails when its temporary directory cannot be made, not when the program is missing: Health says that.
func New(options Options) (*Carrier, error) {
	setDefaults(&options)
	scratch, err := newScratch(options.TempDir)
	if err != nil {
		return nil, &domain.Error{Kind: domain.Unavailable, Detail: "the directory for temporary files of signal-cli cannot be made", Err: err}
	}
	c := &Carrier{
		options: options, queue: newQueue(options.Processes, options.Processes, options.Waiting, options.WaitingInAll), links: make(chan struct{}, MaxLinks),
		scratch: scratch, log: options.Log,
	}
	c.stop, c.stopNow = context.WithCancel(context.Background())
	return c, nil
}

func setDefaults(o *Options) {
	if o.Command == "" {
		o.Command = "signal-cli"
	}
	if o.Timeout <= 0 {
		o.Timeout = 120 * time.Second
	}
	if o.Linger <= 0 {
		o.Linger = 15 * time.Second
	}
	if o.PollTimeout <= 0 {
		o.PollTimeout = time.Second
	}
	if o.PollShare <= 0 {
		o.PollShare = 10 * time.Second
	}
	if o.Processes <= 0 {
		o.Processes = 2 * runtime.NumCPU()
	}
	if o.Waiting <= 0 {
		o.Waiting = 64
	}
	if o.WaitingInAll <= 0 {
		o.WaitingInAll = 512
	}
	if o.MaxOutput <= 0 {
		o.MaxOutput = 192 << 20
	}
	if o.Grace <= 0 {
		o.Grace = child.DefaultGrace
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// Close ends all processes, waits for them (the grace at most) and removes the temporary directory. Calls in flight end with
// OutcomeUnknown or Unavailable, later ones with Unavailable. Idempotent.
func (c *Carrier) Close() {
	c.queue.close()
	c.runsMu.Lock()
	c.stopNow()
	c.runsMu.Unlock()
	c.runs.Wait()
	c.scratch.remove()
}

// Call is signalcli.Carrier.
func (c *Carrier) Call(ctx context.Context, call signalcli.Call) (json.RawMessage, error) {
	return c.carry(ctx, call, calls, javaOptions(c.options.Archive))
}

func (c *Carrier) carry(ctx context.Context, call signalcli.Call, as rank, java []string) (json.RawMessage, error) {
	args, stdin, err := c.arguments(call)
	if err != nil {
		return nil, err
	}
	turn, err := c.queue.enter(ctx, call.Account, as)
	if err != nil {
		return nil, withOp(call.Method, err)
	}
	r, err := c.start(args, stdin, java)
	if err != nil {
		turn.leave()
		return nil, withOp(call.Method, err)
	}
	end := time.Now().Add(c.options.Timeout)
	limit := time.AfterFunc(c.options.Timeout, r.end)
	answer := make(chan outcome, 1)
	go func() {
		out := c.await(r, call)
		limit.Stop()
		turn.leave()
		answer <- out
		c.runs.Done()
	}()
	select {
	case out := <-answer:
		return out.result, out.err
	case <-ctx.Done():
	}
	select {
	case out := <-answer: // both came at once
		return out.result, out.err
	default:
	}
	r.abandoned.Store(true)
	if call.Effect {
		limit.Reset(min(c.options.Linger, time.Until(end)))
		return nil, &domain.Error{Op: call.Method, Kind: domain.OutcomeUnknown, Detail: "the request ended while signal-cli was at work", Err: ctx.Err()}
	}
	r.end()
	return nil, &domain.Error{Op: call.Method, Kind: domain.KindOf(ctx.Err()), Detail: "the request ended while signal-cli was at work", Err: ctx.Err()}
}

// outcome is how a call ended.
type outcome struct {
	result json.RawMessage
	err    error
}

// await reads the answer of a process, waits for its end and says what they mean.
func (c *Carrier) await(r *run, call signalcli.Call) outcome {
	stdout, readErr := readAll(r.process, c.options.MaxOutput)
	if readErr != nil {
		r.end()
	}
	exit := r.wait()
	result, err := judge(call, exit, stdout, r.stderr.bytes(), readErr)
	if exit.Terminated && c.stop.Err() != nil && !call.Effect {
		err = withOp(call.Method, errClosed)
	}
	if r.abandoned.Load() && exit.Terminated {
		return outcome{result, err} // that it was ended says nothing of signal-cli
	}
	c.note(call.Method, exit, err)
	return outcome{result, err}
}

// withOp names what was being done in an error that does not say it yet.
func withOp(op string, err error) error {
	e, ok := err.(*domain.Error)
	if !ok || e.Op != "" {
		return err
	}
	named := *e
	named.Op = op
	return &named
}
