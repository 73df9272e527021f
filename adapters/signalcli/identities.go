package signalcli

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Identities = (*Identities)(nil)

// Identities implements ports.Identities.
type Identities struct{ client *Client }

// NewIdentities asks client.
func NewIdentities(client *Client) *Identities { return &Identities{client} }

// List is ports.Identities.
func (i *Identities) List(ctx context.Context, account domain.Account) ([]domain.Identity, error) {
	var entries []struct {
		jsonAddress
		Fingerprint           string            `json:"fingerprint"`
		SafetyNumber          string            `json:"safetyNumber"`
		ScannableSafetyNumber string            `json:"scannableSafetyNumber"`
		TrustLevel            domain.TrustLevel `json:"trustLevel"`
		AddedTimestamp        domain.Timestamp  `json:"addedTimestamp"`
	}
	if err := i.client.ask(ctx, "listIdentities", account, nil, &entries); err != nil {
		return nil, err
	}
	identities := make([]domain.Identity, len(entries))
	for n, e := range entries {
		identities[n] = domain.Identity{Address: e.address(), Fingerprint: e.Fingerprint, SafetyNumber: e.SafetyNumber,
			ScannableSafetyNumber: e.ScannableSafetyNumber, TrustLevel: e.TrustLevel, Added: e.AddedTimestamp}
	}
	return identities, nil
}

// TrustAll is ports.Identities.
func (i *Identities) TrustAll(ctx context.Context, account domain.Account, who domain.Recipient) error {
	var p params
	p.flag("trustAllKnownKeys", true)
	return i.trust(ctx, account, who, p)
}

// TrustVerified is ports.Identities.
func (i *Identities) TrustVerified(ctx context.Context, account domain.Account, who domain.Recipient, safetyNumber string) error {
	if safetyNumber == "" {
		return domain.Errorf(domain.Invalid, "trust", "please provide a valid safety number")
	}
	var p params
	p.text("verifiedSafetyNumber", safetyNumber)
	return i.trust(ctx, account, who, p)
}

func (i *Identities) trust(ctx context.Context, account domain.Account, who domain.Recipient, p params) error {
	if err := p.oneRecipient(who); err != nil {
		return err
	}
	return i.client.ask(ctx, "trust", account, p, nil)
}
