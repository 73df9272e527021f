package child

import (
	"context"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lookInterval is how often EndLeft looks.
const lookInterval = 20 * time.Millisecond

// Mark names the process for EndLeft, also in a later run of this program: by its number and what tells it from all others that have that
// number before or after it. Empty where the system does not tell.
func (p *Process) Mark() string { return mark(p.Pid()) }

// EndLeft ends the process that Mark named, with its group, where an earlier run of this program has left it: it gets SIGTERM, and SIGKILL after
// grace (0 is DefaultGrace). It reports whether there was one, and returns when that is gone, or when ctx ends.
func EndLeft(ctx context.Context, named string, grace time.Duration) (left bool) {
	number, _, _ := strings.Cut(named, " ")
	pid, err := strconv.Atoi(number)
	if err != nil || pid <= 1 || mark(pid) != named {
		return false
	}
	if grace <= 0 {
		grace = DefaultGrace
	}
	syscall.Kill(-pid, syscall.SIGTERM)
	kill := time.NewTimer(grace)
	defer kill.Stop()
	look := time.NewTicker(lookInterval)
	defer look.Stop()
	for mark(pid) == named {
		select {
		case <-look.C:
		case <-kill.C:
			syscall.Kill(-pid, syscall.SIGKILL)
		case <-ctx.Done():
			return true
		}
	}
	syscall.Kill(-pid, syscall.SIGKILL) // what of its group is behind it
	return true
}
