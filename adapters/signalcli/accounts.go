package signalcli

import (
	"context"
	"encoding/json"

	"heliograph/domain"
	"heliograph/ports"
)

// List is ports.Accounts.
func (c *Client) List(ctx context.Context) ([]domain.Account, error) {
	answer, err := c.call(ctx, c.newCall("listAccounts", "", nil))
	if err != nil {
		return nil, err
	}
	var entries []struct {
		Number string `json:"number"`
	}
	if err := json.Unmarshal(answer, &entries); err != nil {
		return nil, &domain.Error{Op: "listAccounts", Kind: domain.Backend,
			Detail: "signal-cli gave an answer that cannot be understood", Err: err}
	}
	accounts := make([]domain.Account, 0, len(entries))
	for _, e := range entries {
		if account, err := domain.ParseAccount(e.Number); err == nil {
			accounts = append(accounts, account)
		}
	}
	return accounts, nil
}

// Register is ports.Accounts.
func (c *Client) Register(ctx context.Context, account domain.Account, options ports.RegisterOptions) error {
	var p params
	p.flag("voice", options.Voice)
	p.text("captcha", options.Captcha)
	return c.do(ctx, "register", account, p)
}

// Verify is ports.Accounts.
func (c *Client) Verify(ctx context.Context, account domain.Account, code, pin string) error {
	if code == "" {
		return domain.Errorf(domain.Invalid, "verify", "please provide the verification code")
	}
	p := params{{Name: "verificationCode", Value: code, Form: Positional}}
	p.text("pin", pin)
	return c.do(ctx, "verify", account, p)
}

// Unregister is ports.Accounts.
func (c *Client) Unregister(ctx context.Context, account domain.Account, deleteAccount bool) error {
	var p params
	p.flag("deleteAccount", deleteAccount)
	return c.do(ctx, "unregister", account, p)
}

// DeleteLocalData is ports.Accounts.
func (c *Client) DeleteLocalData(ctx context.Context, account domain.Account, ignoreRegistered bool) error {
	var p params
	p.flag("ignoreRegistered", ignoreRegistered)
	return c.do(ctx, "deleteLocalAccountData", account, p)
}

// do makes a call for account whose answer holds nothing. The account is checked here once more: signal-cli
// takes any string and leaves files behind for it.
func (c *Client) do(ctx context.Context, method string, account domain.Account, p params) error {
	if _, err := domain.ParseAccount(string(account)); err != nil {
		return err
	}
	_, err := c.call(ctx, c.newCall(method, account, p))
	return err
}
