package wire

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
)

// until blocks until its context ends, as a healthy part does.
func until(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestFailedPartIsReportedAndTheOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(slog.New(slog.DiscardHandler))
		healthy := c.start(t.Context(), component{"healthy", until})
		broken := errors.New("broken")
		c.start(t.Context(), component{"sick", func(context.Context) error { return broken }})
		c.start(t.Context(), component{"sick too", func(context.Context) error { return errors.New("later") }})
		synctest.Wait()
		if err := <-c.failed; err == nil {
			t.Error("the failure is not reported")
		}
		select {
		case <-healthy.ended:
			t.Error("a healthy part ended before it was stopped")
		default:
		}
		healthy.stop()
		c.wait()
		select {
		case err := <-c.failed:
			t.Errorf("a part that was stopped counts as failed: %v", err)
		default:
		}
	})
}

func TestPartsOutliveTheContextUntilTheyAreStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := newCrew(slog.New(slog.DiscardHandler))
		part := c.start(ctx, component{"part", until})
		cancel()
		synctest.Wait()
		select {
		case <-part.ended:
			t.Error("the part ended with the context, not in its turn")
		default:
		}
		part.stop()
		c.wait()
	})
}
