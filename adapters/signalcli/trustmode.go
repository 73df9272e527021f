package signalcli

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.TrustModes = FixedTrustMode("")

// FixedTrustMode implements ports.TrustModes for a daemon, which takes one mode for all accounts at its start and none
// with a call. The empty mode is signal-cli's default.
type FixedTrustMode domain.TrustMode

// TrustMode is ports.TrustModes.
func (m FixedTrustMode) TrustMode(context.Context, domain.Account) (domain.TrustMode, error) {
	if m == "" {
		return domain.TrustOnFirstUse, nil
	}
	return domain.TrustMode(m), nil
}

// SetTrustMode is ports.TrustModes: Unsupported.
func (m FixedTrustMode) SetTrustMode(_ context.Context, _ domain.Account, mode domain.TrustMode) error {
	if _, err := domain.ParseTrustMode(string(mode)); err != nil {
		return err
	}
	return domain.Errorf(domain.Unsupported, "setTrustMode",
		"a signal-cli daemon has one trust mode for all accounts, which it is started with (JSON_RPC_TRUST_NEW_IDENTITIES)")
}
