package daemon

import (
	"context"
	"os"

	"heliograph/adapters/signalcli/process/child"
)

// markFile holds the mark of the process that runs. It stands beside the supervisor's directory, which is made anew at each start; empty for none.
func (s *Supervisor) markFile() string {
	if s.options.Dir == "" {
		return ""
	}
	return s.options.Dir + ".process"
}

// endLeft ends a daemon that outlived a supervisor which was killed: it would keep the accounts locked, and a second one waits for them without
// end. The kernel has asked it to end, but signal-cli 0.13.19 never does where its connection broke while it handed over a message.
func (s *Supervisor) endLeft(ctx context.Context) {
	named, err := os.ReadFile(s.markFile())
	if err == nil && child.EndLeft(ctx, string(named), s.options.Grace) {
		s.log.Warn("a signal-cli that an earlier gateway had left was ended")
	}
}

// note remembers the process for the next endLeft.
func (s *Supervisor) note(p *child.Process) {
	if name := s.markFile(); name != "" {
		if err := os.WriteFile(name, []byte(p.Mark()), 0o600); err != nil {
			s.log.Warn("which signal-cli runs cannot be noted", "error", err)
		}
	}
}
