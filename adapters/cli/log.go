package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"heliograph/adapters/cli/client"
	"heliograph/domain"
)

// exportPage is how many events are asked for at once.
const exportPage = 1000

type logCommand struct {
	List   logListCommand   `cmd:"" help:"Print the newest events that are kept, newest first."`
	Follow logFollowCommand `cmd:"" help:"Print events as they come, until interrupted."`
	Export logExportCommand `cmd:"" help:"Print all events that are kept as JSON, one a line, oldest first."`
	Delete logDeleteCommand `cmd:"" help:"Delete everything that is kept of an account."`
}

// chosen are the flags that choose events.
type chosen struct {
	Account      []string `placeholder:"NUMBER" help:"Events of this account. May be repeated, as the next three."`
	Kind         []string `placeholder:"KIND" help:"Events of this kind: message, edit, reaction, receipt, sync…"`
	Sender       []string `placeholder:"WHO" help:"Sent by this phone number or UUID."`
	Group        []string `placeholder:"GROUP" help:"Sent to this group (group.…)."`
	Conversation string   `placeholder:"WHO" help:"What was said with this phone number or UUID, or in this group."`
}

func (c chosen) params() *client.ListEventsParams {
	p := &client.ListEventsParams{Account: list(c.Account), Sender: list(c.Sender), Group: list(c.Group), Conversation: text(c.Conversation)}
	if len(c.Kind) > 0 {
		p.Kind = new([]client.EventKind)
		for _, kind := range c.Kind {
			*p.Kind = append(*p.Kind, client.EventKind(kind))
		}
	}
	return p
}

func list(values []string) *[]string {
	if len(values) == 0 {
		return nil
	}
	return &values
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// page is one answer of the gateway.
type page struct {
	Events []json.RawMessage
	Next   string
	Gap    json.RawMessage
	Reset  bool
	Done   bool
}

type logListCommand struct {
	gateway
	chosen
	Limit int  `default:"100" help:"How many (default ${default})."`
	JSON  bool `name:"json" help:"Print the events as JSON, one a line."`
}

// Help is shown below the flags.
func (logListCommand) Help() string {
	return `Examples:

  heliograph log list --account +15550100002 --kind message
  heliograph log list --conversation +15550100001 --limit 10
  heliograph log list --json | jq -r .payload.envelope.dataMessage.message`
}

// Run lists.
func (c *logListCommand) Run(i *invocation) error {
	api, err := c.dial(i)
	if err != nil {
		return err
	}
	params := c.params()
	params.Order = new(client.Desc)
	for left := c.Limit; left > 0; {
		params.Limit = new(min(left, exportPage))
		var p page
		response, err := api.ListEvents(i.ctx, params)
		if err := answer(response, err, &p); err != nil {
			return err
		}
		for _, event := range p.Events {
			if err := printEvent(i.streams.Out, event, c.JSON); err != nil {
				return err
			}
		}
		left -= len(p.Events)
		if p.Done {
			break
		}
		params.Until = &p.Next
	}
	return nil
}

type logFollowCommand struct {
	gateway
	chosen
	After  string `placeholder:"CURSOR" help:"Begin behind this cursor, or at oldest. Default: with what comes."`
	Reader string `placeholder:"NAME" help:"Have the gateway remember under this name how far it came, and begin there."`
	JSON   bool   `name:"json" help:"Print the events as JSON, one a line."`
}

// Help is shown below the flags.
func (logFollowCommand) Help() string {
	return `A lost connection is taken up where it ended.

Example:

  heliograph log follow --kind message --json`
}

// Run follows.
func (c *logFollowCommand) Run(i *invocation) error {
	api, err := c.dial(i)
	if err != nil {
		return err
	}
	params := c.params()
	params.After, params.Reader = text(c.After), text(c.Reader)
	f := follower{
		open: func(ctx context.Context, asStream client.RequestEditorFn) (*http.Response, error) {
			return api.ListEvents(ctx, params, asStream)
		},
		print: func(data []byte) error { return printEvent(i.streams.Out, data, c.JSON) },
	}
	return f.run(i)
}

type logExportCommand struct {
	gateway
	chosen
	After string `placeholder:"CURSOR" default:"oldest" help:"Begin behind this cursor, as the last export printed it. Default: the oldest event."`
}

// Help is shown below the flags.
func (logExportCommand) Help() string {
	return `At its end, whatever ended it, it prints on standard error from where the next export goes on.

Examples:

  heliograph log export > events.ndjson
  heliograph log export --after CURSOR >> events.ndjson`
}

// Run exports.
func (c *logExportCommand) Run(i *invocation) error {
	api, err := c.dial(i)
	if err != nil {
		return err
	}
	params := c.params()
	params.Limit = new(exportPage)
	after := c.After
	defer func() { fmt.Fprintf(i.streams.Err, "heliograph: go on with --after %s\n", after) }()
	for {
		params.After = &after
		var p page
		response, err := api.ListEvents(i.ctx, params)
		if err := answer(response, err, &p); err != nil {
			return err
		}
		if p.Gap != nil {
			warnLost(i, "gap")
		}
		if p.Reset {
			warnLost(i, "reset")
		}
		for _, event := range p.Events {
			if err := printEvent(i.streams.Out, event, true); err != nil {
				return err
			}
		}
		after = p.Next
		if len(p.Events) == 0 && p.Gap == nil && !p.Reset {
			return nil
		}
	}
}

type logDeleteCommand struct {
	gateway
	Account string `required:"" placeholder:"NUMBER" help:"The account."`
	Yes     bool   `help:"Yes, delete it for good."`
}

// Help is shown below the flags.
func (logDeleteCommand) Help() string {
	return `What readers have not got yet is lost to them.

Example:

  heliograph log delete --account +15550100002 --yes`
}

// Run deletes.
func (c *logDeleteCommand) Run(i *invocation) error {
	if !c.Yes {
		return domain.Errorf(domain.Invalid, "", "this deletes all kept events of the account for good; say --yes")
	}
	api, err := c.dial(i)
	if err != nil {
		return err
	}
	response, err := api.DeleteEvents(i.ctx, &client.DeleteEventsParams{Account: c.Account})
	body, err := opened(response, err)
	if err != nil {
		return err
	}
	return body.Close()
}

// printEvent writes one event on one line.
func printEvent(w io.Writer, event []byte, asJSON bool) error {
	line := readableEvent(event)
	if asJSON {
		var one bytes.Buffer
		if json.Compact(&one, event) == nil {
			line = one.String()
		}
	}
	_, err := fmt.Fprintln(w, line)
	return err
}
