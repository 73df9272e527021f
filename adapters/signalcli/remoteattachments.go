package signalcli

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"heliograph/adapters/signalcli/rawjson"
	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Attachments = (*RemoteAttachments)(nil)

// RemoteAttachments are the attachments of a signal-cli on another machine: they can be opened, whole in memory, but
// neither listed nor deleted.
type RemoteAttachments struct{ client *Client }

// NewRemoteAttachments asks client.
func NewRemoteAttachments(client *Client) *RemoteAttachments {
	return &RemoteAttachments{client: client}
}

// List is ports.Attachments: Unsupported.
func (a *RemoteAttachments) List(context.Context) ([]string, error) {
	return nil, domain.Errorf(domain.Unsupported, "listAttachments", "attachments cannot be listed where gateway and signal-cli share no disk")
}

// Open is ports.Attachments. signal-cli keeps the attachments of all accounts together, so any account will do.
func (a *RemoteAttachments) Open(ctx context.Context, id string) (ports.Attachment, error) {
	if !isRemoteID(id) {
		return ports.Attachment{}, domain.Errorf(domain.Invalid, "getAttachment", "this is not the name of an attachment")
	}
	accounts, err := a.client.List(ctx)
	if err != nil && domain.KindOf(err) != domain.Unsupported { // single mode has no list and needs no account
		return ports.Attachment{}, err
	}
	var account domain.Account
	p := params{{Name: "id", Value: id}}
	if len(accounts) > 0 {
		account = accounts[0]
		p.text("recipient", string(account)) // signal-cli wants one and does not look at it
	}
	answer, err := a.client.call(ctx, a.client.newCall("getAttachment", account, p))
	if err != nil {
		return ports.Attachment{}, err
	}
	content, err := decodeFile(answer)
	if err != nil {
		return ports.Attachment{}, &domain.Error{Op: "getAttachment", Kind: domain.Backend,
			Detail: "signal-cli gave an answer that cannot be understood", Err: err}
	}
	reader := memoryFile{bytes.NewReader(content)}
	contentType, err := detect(reader)
	if err != nil {
		return ports.Attachment{}, dirError("getAttachment", err)
	}
	return ports.Attachment{Content: reader, ContentType: contentType, Size: int64(len(content))}, nil
}

// Delete is ports.Attachments: Unsupported.
func (a *RemoteAttachments) Delete(context.Context, string) error {
	return domain.Errorf(domain.Unsupported, "deleteAttachment", "attachments cannot be deleted where gateway and signal-cli share no disk")
}

// errNoData is an answer to getAttachment without the file.
var errNoData = errors.New("no data in the answer")

// decodeFile reads {"data": base64} without a copy of the base64, which may have 134 MB.
func decodeFile(answer []byte) (content []byte, err error) {
	err = errNoData
	rawjson.Members(answer, func(name, value []byte) {
		if string(name) != "data" || len(value) < 2 || value[0] != '"' {
			return
		}
		content = make([]byte, base64.StdEncoding.DecodedLen(len(value)-2))
		var n int
		n, err = base64.StdEncoding.Decode(content, value[1:len(value)-1])
		content = content[:n]
	})
	return content, err
}

// isRemoteID reports whether s can be an ID of signal-cli: before 0.14.4 it joins the ID to a folder unchecked.
func isRemoteID(s string) bool {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
	return isFileName(s) && strings.Trim(s, plain) == "" && !strings.Contains(s, "..")
}

// memoryFile is content in memory; it needs no closing.
type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }
