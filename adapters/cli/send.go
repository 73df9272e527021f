package cli

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strings"

	"heliograph/adapters/cli/client"
	"heliograph/domain"
)

// maxStdinBytes bounds a text that is read from standard input; the gateway takes no longer one.
const maxStdinBytes = 1 << 20

type sendCommand struct {
	gateway
	From   string   `short:"f" required:"" placeholder:"NUMBER" help:"The account that sends."`
	To     []string `short:"t" required:"" sep:"none" placeholder:"RECIPIENT" help:"Number, UUID, u:username or group.ID; may be repeated."`
	Attach []string `short:"a" sep:"none" placeholder:"FILE" help:"A file to attach; may be repeated."`
	Styled bool     `help:"Read *italic*, **bold**, ~strikethrough~, ||spoiler|| and backquoted monospace in the text."`
	Text   string   `arg:"" optional:"" help:"The text; - or nothing reads it from standard input."`
}

// Help is shown below the flags.
func (sendCommand) Help() string {
	return `Prints the timestamp that names the message.

Examples:

  heliograph send --from +15550100001 --to +15550100002 "Hello"
  heliograph send -f +15550100001 -t u:ada.01 -a photo.jpg "Look"
  date | heliograph send -f +15550100001 -t +15550100002`
}

// Run sends.
func (c *sendCommand) Run(i *invocation) error {
	request, err := c.request(i.streams.In)
	if err != nil {
		return err
	}
	api, err := c.dial(i)
	if err != nil {
		return err
	}
	var sent client.SentMessage
	response, err := api.SendMessage(i.ctx, request)
	if err := answer(response, err, &sent); err != nil {
		return err
	}
	if sent.Errors != nil {
		for _, failed := range sent.Errors.Recipients {
			fmt.Fprintf(i.streams.Err, "heliograph: not sent to one recipient: %s\n", failed.Reason)
		}
	}
	_, err = fmt.Fprintln(i.streams.Out, sent.Timestamp)
	return err
}

func (c *sendCommand) request(in io.Reader) (client.SendMessageRequest, error) {
	text := c.Text
	if text == "-" || text == "" && len(c.Attach) == 0 {
		content, err := io.ReadAll(io.LimitReader(in, maxStdinBytes+1))
		if err != nil {
			return client.SendMessageRequest{}, fmt.Errorf("reading the text: %w", err)
		}
		text = strings.TrimRight(string(content), "\r\n")
	}
	request := client.SendMessageRequest{Number: c.From, Recipients: &c.To, Message: &text}
	if c.Styled {
		styled := client.SendMessageRequestTextMode("styled")
		request.TextMode = &styled
	}
	var attachments []client.Attachment
	for _, name := range c.Attach {
		attachment, err := dataURI(name)
		if err != nil {
			return client.SendMessageRequest{}, err
		}
		attachments = append(attachments, attachment)
	}
	if attachments != nil {
		request.Base64Attachments = &attachments
	}
	return request, nil
}

// dataURI reads a file into the form the API takes; the type is told by the name, or by the gateway.
func dataURI(name string) (string, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return "", &domain.Error{Kind: domain.Invalid, Detail: "the attachment cannot be read", Err: err}
	}
	encoded := base64.StdEncoding.EncodeToString(content)
	mediaType, _, _ := mime.ParseMediaType(mime.TypeByExtension(filepath.Ext(name)))
	base := filepath.Base(name)
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	if strings.ContainsAny(base, ";,") { // would end the name early
		return "data:" + mediaType + ";base64," + encoded, nil
	}
	return "data:" + mediaType + ";filename=" + base + ";base64," + encoded, nil
}
