package wire

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
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
		healthy.stop(t.Context())
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
		part.stop(t.Context())
		c.wait()
	})
}

// A part that hangs keeps the gateway no longer than its context, and the parts behind it are told to end all the same.
func TestEndDoesNotWaitForWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(slog.New(slog.DiscardHandler))
		release := make(chan struct{})
		hung := c.start(t.Context(), component{"hung", func(context.Context) error { <-release; return nil }})
		healthy := c.start(t.Context(), component{"healthy", until})
		ctx, cancel := context.WithTimeout(t.Context(), shutdownLimit)
		defer cancel()
		began := time.Now()
		c.end(ctx, []*running{hung, nil, healthy})
		if took := time.Since(began); took != shutdownLimit {
			t.Errorf("it took %v", took)
		}
		<-healthy.ended
		close(release)
		c.wait()
	})
}

// The longest way through every phase ends before the limit.
func TestPhasesOfShutdownFitTheLimit(t *testing.T) {
	if requests := requestGrace + answerGrace; requests+processGrace+flushGrace >= shutdownLimit {
		t.Error("with a process a call: requests, then polls, then storing")
	}
	if processDue+processGrace >= shutdownLimit {
		t.Error("with a daemon: it ends last")
	}
}
