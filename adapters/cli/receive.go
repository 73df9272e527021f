package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"heliograph/adapters/cli/client"
	"heliograph/domain"
)

// reconnectPause is between the end of a stream and the next attempt.
const reconnectPause = 2 * time.Second

type receiveCommand struct {
	gateway
	Account string        `arg:"" help:"The account's number."`
	Follow  bool          `short:"f" help:"Stay, and print what comes, until interrupted. A lost connection is taken up where it ended."`
	JSON    bool          `name:"json" help:"Print signal-cli's JSON, one message a line."`
	Timeout time.Duration `default:"0s" help:"How long to wait while there is nothing (without --follow)."`
}

// Help is shown below the flags.
func (receiveCommand) Help() string {
	return `Without --follow it prints what came since the last such call.

Examples:

  heliograph receive +15550100002
  heliograph receive +15550100002 --follow
  heliograph receive +15550100002 --follow --json | jq .envelope.dataMessage.message`
}

// Run receives.
func (c *receiveCommand) Run(i *invocation) error {
	api, err := c.dial(i)
	if err != nil {
		return err
	}
	if c.Follow {
		return c.follow(i, api)
	}
	timeout := strconv.Itoa(int(c.Timeout.Seconds()))
	var payloads []json.RawMessage
	response, err := api.ReceiveMessages(i.ctx, c.Account, &client.ReceiveMessagesParams{Timeout: &timeout})
	if err := answer(response, err, &payloads); err != nil {
		return err
	}
	for _, payload := range payloads {
		if err := c.print(i.streams.Out, payload); err != nil {
			return err
		}
	}
	return nil
}

// follow prints the stream of server-sent events, and takes it up again when it ends.
func (c *receiveCommand) follow(i *invocation, api *client.Client) error {
	cursor, connected := "", false
	for {
		err := c.stream(i, api, &cursor, &connected)
		switch {
		case i.ctx.Err() != nil:
			return nil
		case domain.KindOf(err) != domain.Unavailable && domain.KindOf(err) != domain.OutcomeUnknown || !connected:
			return err
		}
		fmt.Fprintln(i.streams.Err, "heliograph: the connection ended, trying again")
		if err := pause(i.ctx, reconnectPause); err != nil {
			return nil
		}
	}
}

// stream follows one connection. It always ends with an error.
func (c *receiveCommand) stream(i *invocation, api *client.Client, cursor *string, connected *bool) error {
	asStream := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Accept", "text/event-stream")
		if *cursor != "" {
			r.Header.Set("Last-Event-ID", *cursor)
		}
		return nil
	}
	response, err := api.ReceiveMessages(i.ctx, c.Account, &client.ReceiveMessagesParams{}, asStream)
	body, err := opened(response, err)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // it ended
	*connected = true
	events := newEventReader(body)
	for {
		event, err := events.next()
		if err != nil {
			return &domain.Error{Kind: domain.Unavailable, Detail: "the connection ended", Err: err}
		}
		if event.id != "" {
			*cursor = event.id
		}
		switch event.kind {
		case "", "message":
			if err := c.print(i.streams.Out, event.data); err != nil {
				return err
			}
		default: // gap, reset
			fmt.Fprintf(i.streams.Err, "heliograph: %s: messages expired before they could be delivered\n", event.kind)
		}
	}
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

// print writes one payload.
func (c *receiveCommand) print(w io.Writer, payload []byte) error {
	line := string(payload)
	if !c.JSON {
		line = readable(payload)
	}
	_, err := fmt.Fprintln(w, line)
	return err
}
