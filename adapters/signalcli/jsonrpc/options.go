package jsonrpc

import (
	"context"
	"io"
	"log/slog"
	"time"
)

// Dial makes a connection to signal-cli. It is called from Run only, one call at a time. A connection may offer
// more than io.ReadWriteCloser: over a *net.TCPConn, TCP_QUICKACK is set on Linux.
type Dial func(ctx context.Context) (io.ReadWriteCloser, error)

// Options shape a Client. The zero value works.
type Options struct {
	// Subscribe makes the client subscribe to messages: for daemons in --receive-mode manual, and harmless for others.
	Subscribe bool
	// Logger gets no numbers in full and no message text. Default: nothing is logged.
	Logger *slog.Logger
	// CallTimeout bounds calls whose context has no deadline, default 60 s.
	CallTimeout time.Duration
	// ConnectWait is how long after the start, or the loss of a connection, calls wait for the next one, default 2 s; negative: not at all.
	ConnectWait time.Duration
	// DialTimeout bounds one attempt to connect, default 10 s.
	DialTimeout time.Duration
	// MaxBackoff bounds the pause between attempts to connect, default 1 s.
	MaxBackoff time.Duration
	// MaxInFlight bounds the calls that wait for an answer, default 1024.
	MaxInFlight int
	// MaxQueuedBytes bounds the requests that wait to be written, default 64 MiB; one alone may be larger.
	MaxQueuedBytes int
	// MaxLine bounds a line from signal-cli in bytes, default 192 MiB (getAttachment of 100 MB is a line of 134 MB).
	MaxLine int
	// IdlePing is after how long a silent connection is asked for a sign of life, and how long that may take, default 30 s.
	IdlePing time.Duration
	// AccountsInterval is how often the list of accounts is looked at, default 60 s.
	AccountsInterval time.Duration
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.CallTimeout = positive(o.CallTimeout, time.Minute)
	if o.ConnectWait == 0 {
		o.ConnectWait = 2 * time.Second
	}
	o.DialTimeout = positive(o.DialTimeout, 10*time.Second)
	o.MaxBackoff = positive(o.MaxBackoff, time.Second)
	o.MaxInFlight = positive(o.MaxInFlight, 1024)
	o.MaxQueuedBytes = positive(o.MaxQueuedBytes, 64<<20)
	o.MaxLine = positive(o.MaxLine, 192<<20)
	o.IdlePing = positive(o.IdlePing, 30*time.Second)
	o.AccountsInterval = positive(o.AccountsInterval, time.Minute)
	return o
}

func positive[T ~int | ~int64](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}
