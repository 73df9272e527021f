package signalcli

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.UserDirectory = (*UserDirectory)(nil)

// UserDirectory implements ports.UserDirectory.
type UserDirectory struct{ client *Client }

// NewUserDirectory asks client.
func NewUserDirectory(client *Client) *UserDirectory { return &UserDirectory{client} }

// Status is ports.UserDirectory.
func (u *UserDirectory) Status(ctx context.Context, account domain.Account, asked []string) ([]domain.UserStatus, error) {
	if len(asked) == 0 {
		return nil, domain.Errorf(domain.Invalid, "getUserStatus", "please provide numbers to query for")
	}
	var usernames, others []string
	for _, one := range asked {
		if one == "" {
			return nil, domain.Errorf(domain.Invalid, "getUserStatus", "a number to query for is empty")
		}
		if name, err := domain.ParseUsername(one); err == nil {
			usernames = append(usernames, string(name))
		} else {
			others = append(others, one)
		}
	}
	var p params
	p.list("username", usernames)
	if len(others) > 0 {
		p.add("recipient", others, Positional)
	}
	var entries []struct {
		jsonAddress
		Recipient    string `json:"recipient"`
		IsRegistered bool   `json:"isRegistered"`
	}
	if err := u.client.ask(ctx, "getUserStatus", account, p, &entries); err != nil {
		return nil, err
	}
	statuses := make([]domain.UserStatus, len(entries))
	for i, e := range entries {
		statuses[i] = domain.UserStatus{Asked: e.Recipient, Address: e.address(), Registered: e.IsRegistered}
	}
	return statuses, nil
}
