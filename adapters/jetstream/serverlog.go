package jetstream

import (
	"fmt"
	"log/slog"
	"sync"
)

// serverLog takes what the server in this process has to say: what is usual for those who debug, trouble for everybody. It names
// streams and files, whose names are ours.
type serverLog struct {
	log *slog.Logger
	// trouble has a value after the server spoke of an error.
	trouble chan struct{}

	fatalMu  sync.Mutex // guards fatalErr
	fatalErr error      // why the server did not start
}

func newServerLog(log *slog.Logger) *serverLog {
	return &serverLog{log: log.With("part", "nats-server"), trouble: make(chan struct{}, 1)}
}

// Noticef implements the server's Logger.
func (l *serverLog) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }

// Warnf implements the server's Logger.
func (l *serverLog) Warnf(format string, v ...any) { l.log.Warn(fmt.Sprintf(format, v...)) }

// Errorf implements the server's Logger.
func (l *serverLog) Errorf(format string, v ...any) {
	l.log.Error(fmt.Sprintf(format, v...))
	select {
	case l.trouble <- struct{}{}:
	default: // somebody will look anyway
	}
}

// Fatalf implements the server's Logger: the server does not start, and says so nowhere else.
func (l *serverLog) Fatalf(format string, v ...any) {
	l.fatalMu.Lock()
	defer l.fatalMu.Unlock()
	if l.fatalErr == nil {
		l.fatalErr = fmt.Errorf(format, v...)
	}
}

// Debugf implements the server's Logger; it is not asked for.
func (l *serverLog) Debugf(string, ...any) {}

// Tracef implements the server's Logger; it is not asked for.
func (l *serverLog) Tracef(string, ...any) {}

// fresh forgets what an earlier server died of.
func (l *serverLog) fresh() {
	l.fatalMu.Lock()
	defer l.fatalMu.Unlock()
	l.fatalErr = nil
}

// fatal is why the server did not start, nil where it did.
func (l *serverLog) fatal() error {
	l.fatalMu.Lock()
	defer l.fatalMu.Unlock()
	return l.fatalErr
}
