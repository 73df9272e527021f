package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// accountStates tells what accounts are able to do.
type accountStates struct{ states ports.AccountStates }

func (a accountStates) GetAccountStatus(ctx context.Context, r oas.GetAccountStatusRequestObject) (oas.GetAccountStatusResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	report, err := a.states.Status(ctx, account)
	if err != nil {
		return nil, err
	}
	status := oas.GetAccountStatus200JSONResponse{
		Number: string(account), State: string(report.State), Since: report.Since.Time().UTC(),
		Reason: optional(report.Reason), BackendVersion: optional(report.BackendVersion),
	}
	if len(report.ChallengeTokens) > 0 {
		status.ChallengeTokens = &report.ChallengeTokens
	}
	status.LastEvent, status.LastEventAgeSeconds = lastEvent(report.LastEvent)
	return status, nil
}
