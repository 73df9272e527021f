package cli

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"heliograph/adapters/cli/client"
	"heliograph/domain"
)

// reconnectPause is between the end of a stream and the next attempt.
const reconnectPause = 2 * time.Second

// follower prints a stream of server-sent events, and takes it up again where it ended.
type follower struct {
	// open asks for the stream; the editor makes the request one for server-sent events, from the cursor on.
	open  func(context.Context, client.RequestEditorFn) (*http.Response, error)
	print func(data []byte) error

	cursor    string
	connected bool
}

// run follows until the user ends it, or it cannot be taken up again.
func (f *follower) run(i *invocation) error {
	for {
		err := f.stream(i)
		switch {
		case i.ctx.Err() != nil:
			return nil
		case domain.KindOf(err) != domain.Unavailable && domain.KindOf(err) != domain.OutcomeUnknown || !f.connected:
			return err
		}
		fmt.Fprintln(i.streams.Err, "heliograph: the connection ended, trying again")
		if err := pause(i.ctx, reconnectPause); err != nil {
			return nil
		}
	}
}

// stream follows one connection. It always ends with an error.
func (f *follower) stream(i *invocation) error {
	response, err := f.open(i.ctx, func(_ context.Context, r *http.Request) error {
		r.Header.Set("Accept", "text/event-stream")
		if f.cursor != "" {
			r.Header.Set("Last-Event-ID", f.cursor)
		}
		return nil
	})
	body, err := opened(response, err)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // it ended
	f.connected = true
	events := newEventReader(body)
	for {
		event, err := events.next()
		if err != nil {
			return &domain.Error{Kind: domain.Unavailable, Detail: "the connection ended", Err: err}
		}
		if event.id != "" {
			f.cursor = event.id
		}
		switch event.kind {
		case "", "message":
			if err := f.print(event.data); err != nil {
				return err
			}
		default: // gap, reset
			warnLost(i, event.kind)
		}
	}
}

// warnLost tells of a gap or a reset.
func warnLost(i *invocation, kind string) {
	fmt.Fprintf(i.streams.Err, "heliograph: %s: messages expired before they could be delivered\n", kind)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
