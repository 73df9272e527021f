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
)

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
	f := follower{
		open: func(ctx context.Context, asStream client.RequestEditorFn) (*http.Response, error) {
			return api.ReceiveMessages(ctx, c.Account, &client.ReceiveMessagesParams{}, asStream)
		},
		print: func(data []byte) error { return c.print(i.streams.Out, data) },
	}
	return f.run(i)
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
