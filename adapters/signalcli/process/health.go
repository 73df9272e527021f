package process

import (
	"context"
	"os/exec"
	"time"

	"heliograph/adapters/signalcli/process/child"
	"heliograph/domain"
	"heliograph/ports"
)

// lastCall is the outcome of the call that ended last.
type lastCall struct {
	at time.Time
	// err says that signal-cli itself does not work; what is wrong with a request is none of its faults.
	err error
}

// Health is ports.Backend. It starts no process: it looks whether the program is there, and how the last call ended.
func (c *Carrier) Health(context.Context) ports.BackendHealth {
	c.lastMu.Lock()
	health := ports.BackendHealth{Err: c.last.err, LastCall: c.last.at}
	c.lastMu.Unlock()
	if _, err := exec.LookPath(c.options.Command); err != nil {
		health.Err = startError(err)
	}
	return health
}

// note remembers how a process ended.
func (c *Carrier) note(method string, exit child.Exit, err error) {
	c.log.Debug("signal-cli ended", "method", method, "status", exit.Code, "signal", int(exit.Signal))
	switch domain.KindOf(err) {
	case domain.Unavailable, domain.Timeout, domain.OutcomeUnknown, domain.Backend, domain.Internal:
	default:
		err = nil
	}
	c.remember(err)
}

func (c *Carrier) remember(err error) {
	c.lastMu.Lock()
	defer c.lastMu.Unlock()
	c.last = lastCall{at: time.Now(), err: err}
}

// CommandFor is the program of a mode: signal-cli-native for native where it is installed, else, with a line in the log by
// the caller when fellBack is set, signal-cli as for normal.
func CommandFor(native bool) (command string, fellBack bool) {
	if !native {
		return "signal-cli", false
	}
	if _, err := exec.LookPath("signal-cli-native"); err != nil {
		return "signal-cli", true
	}
	return "signal-cli-native", false
}
