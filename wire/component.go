package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"
)

// component is a part of the gateway with a life of its own.
type component struct {
	name string
	// run blocks until its context ends or the part cannot go on; when it returns, all goroutines of the part have ended.
	run func(context.Context) error
}

// running is a component that was started.
type running struct {
	component
	cancel context.CancelFunc
	ended  chan struct{}
}

// crew runs components. The first that ends unasked is reported on failed.
type crew struct {
	group  errgroup.Group
	log    *slog.Logger
	failed chan error
}

func newCrew(log *slog.Logger) *crew { return &crew{log: log, failed: make(chan error, 1)} }

// start runs c in a context that outlives ctx: components end one after the other, each when it is stopped.
func (c *crew) start(ctx context.Context, part component) *running {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &running{component: part, cancel: cancel, ended: make(chan struct{})}
	c.group.Go(func() error {
		defer close(r.ended)
		err := part.run(life)
		if life.Err() != nil {
			if err != nil && !errors.Is(err, context.Canceled) {
				c.log.Warn("a part ended with an error", "part", part.name, "error", err)
			}
			return nil
		}
		select {
		case c.failed <- fmt.Errorf("%s: %w", part.name, err):
		default: // the first one is reported
		}
		return nil
	})
	return r
}

// stop ends r and waits for it, or for the end of ctx; ended says which it was.
func (r *running) stop(ctx context.Context) (ended bool) {
	r.cancel()
	select {
	case <-r.ended:
		return true
	case <-ctx.Done():
		return false
	}
}

// end stops parts one after the other, nil for one that there is not. What has not ended when ctx does is left to the end of the program.
func (c *crew) end(ctx context.Context, parts []*running) {
	for _, r := range parts {
		if r != nil && !r.stop(ctx) {
			c.log.Error("a part did not end in time", "part", r.name)
		}
	}
}

// wait returns when all have ended.
func (c *crew) wait() { _ = c.group.Wait() }
