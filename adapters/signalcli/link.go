package signalcli

import (
	"context"
	"encoding/json"

	"heliograph/domain"
	"heliograph/ports"
)

// StartLink is ports.Accounts.
func (c *Client) StartLink(ctx context.Context, deviceName string) (ports.PendingLink, error) {
	if deviceName == "" {
		return nil, domain.Errorf(domain.Invalid, "startLink", "please provide a name for the device")
	}
	if linker, ok := c.carrier.(Linker); ok {
		return linker.StartLink(ctx, deviceName)
	}
	answer, err := c.call(ctx, c.newCall("startLink", "", nil))
	if err != nil {
		return nil, err
	}
	var link struct {
		URI string `json:"deviceLinkUri"`
	}
	if err := json.Unmarshal(answer, &link); err != nil || link.URI == "" {
		return nil, &domain.Error{Op: "startLink", Kind: domain.Backend, Detail: "signal-cli gave no link", Err: err}
	}
	closing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	return &pendingLink{client: c, uri: link.URI, deviceName: deviceName, closing: closing, close: cancel}, nil
}

// pendingLink is a link over startLink and finishLink. It holds nothing but a URI that signal-cli forgets by itself.
type pendingLink struct {
	client          *Client
	uri, deviceName string
	// closing ends with Close; it belongs to the link and to no request.
	closing context.Context
	close   context.CancelFunc
}

func (l *pendingLink) URI() string { return l.uri }

func (l *pendingLink) Wait(ctx context.Context) (domain.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, l.client.options.LinkTimeout)
	defer cancel()
	defer context.AfterFunc(l.closing, cancel)()
	p := params{{Name: "deviceLinkUri", Value: l.uri}}
	p.text("deviceName", l.deviceName)
	answer, err := l.client.call(ctx, l.client.newCall("finishLink", "", p))
	if err != nil {
		return "", err
	}
	var linked struct {
		Number string `json:"number"`
	}
	if err := json.Unmarshal(answer, &linked); err != nil {
		return "", &domain.Error{Op: "finishLink", Kind: domain.Backend,
			Detail: "signal-cli gave an answer that cannot be understood", Err: err}
	}
	account, err := domain.ParseAccount(linked.Number)
	if err != nil {
		return "", &domain.Error{Op: "finishLink", Kind: domain.Backend, Detail: "signal-cli did not name the linked account", Err: err}
	}
	return account, nil
}

func (l *pendingLink) Close() { l.close() }
