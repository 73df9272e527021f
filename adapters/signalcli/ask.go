package signalcli

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"heliograph/domain"
)

// ask makes a call for account and reads its result into answer, which is nil where the result holds nothing. A
// method or parameter that the connected signal-cli is too old for is Unsupported; a result that is not what signal-cli gives is a Backend error.
func (c *Client) ask(ctx context.Context, method string, account domain.Account, p params, answer any) error {
	if _, err := domain.ParseAccount(string(account)); err != nil {
		return err
	}
	call := c.newCall(method, account, p)
	if err := c.supported(ctx, call); err != nil {
		return err
	}
	result, err := c.call(ctx, call)
	if err != nil || answer == nil {
		return err
	}
	if err := json.Unmarshal(result, answer); err != nil {
		return &domain.Error{Op: method, Kind: domain.Backend, Detail: "signal-cli gave an answer that cannot be understood", Err: err}
	}
	return nil
}

// people are persons in signal-cli's form; nobody and groups are Invalid.
func people(list []domain.Recipient) ([]string, error) {
	names := make([]string, len(list))
	for i, r := range list {
		if names[i] = person(r); names[i] == "" {
			return nil, domain.Errorf(domain.Invalid, "", "a group cannot stand where a person is named")
		}
	}
	return names, nil
}

// given adds a text that may be empty; nil is left out.
func (p *params) given(name string, value *string) {
	if value != nil {
		p.add(name, *value, Option)
	}
}

// picture adds a file that is an image; nil is left out.
func (c *Client) picture(p *params, name string, file *domain.AttachmentFile) error {
	if file == nil {
		return nil
	}
	value, err := c.file(*file)
	p.text(name, value)
	return err
}

// jsonAddress is a person in signal-cli's answers.
type jsonAddress struct {
	Number   domain.Number   `json:"number"`
	UUID     domain.UUID     `json:"uuid"`
	Username domain.Username `json:"username"`
}

func (a jsonAddress) address() domain.Address {
	return domain.Address{UUID: a.UUID, Number: a.Number, Username: a.Username}
}

// addresses keeps apart a list that is empty and one that is missing.
func addresses(list []jsonAddress) []domain.Address {
	if list == nil {
		return nil
	}
	out := make([]domain.Address, len(list))
	for i, a := range list {
		out[i] = a.address()
	}
	return out
}

// seconds adds a time of whole seconds; nil is left out, zero is not.
func (p *params) seconds(name string, value *time.Duration) error {
	if value == nil {
		return nil
	}
	n := *value / time.Second
	if *value%time.Second != 0 || n < 0 || n > math.MaxInt32 {
		return domain.Errorf(domain.Invalid, "", "an expiration time is in whole seconds, 0 for never")
	}
	p.add(name, int64(n), Option)
	return nil
}
