package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// identities are the keys an account has seen.
type identities struct{ identities ports.Identities }

func (h identities) ListIdentities(ctx context.Context, r oas.ListIdentitiesRequestObject) (oas.ListIdentitiesResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, &operationError{"", err} // the caller's fault, whatever the operation's failures are
	}
	list, err := h.identities.List(ctx, account)
	if err != nil {
		return nil, err
	}
	answer := make(oas.ListIdentities200JSONResponse, len(list))
	for i, one := range list {
		answer[i] = oas.Identity{
			Number: string(one.Number), Uuid: string(one.UUID), Fingerprint: one.Fingerprint, SafetyNumber: one.SafetyNumber,
			Status: string(one.TrustLevel), Added: timestampText(one.Added),
		}
	}
	return answer, nil
}

func (h identities) TrustIdentity(ctx context.Context, r oas.TrustIdentityRequestObject) (oas.TrustIdentityResponseObject, error) {
	account, who, err := parseContact(r.Number, r.Recipient)
	if err != nil {
		return nil, err
	}
	number, all := r.Body.VerifiedSafetyNumber, value(r.Body.TrustAllKnownKeys)
	switch {
	case number != nil && all:
		return nil, domain.Errorf(domain.Invalid, "", "either give verified_safety_number or set trust_all_known_keys, not both")
	case all:
		return oas.TrustIdentity204Response{}, h.identities.TrustAll(ctx, account, who)
	case number == nil:
		return nil, domain.Errorf(domain.Invalid, "", "give verified_safety_number (more secure) or set trust_all_known_keys")
	case *number == "":
		return nil, domain.Errorf(domain.Invalid, "", "Couldn't process request - please provide a valid safety number")
	}
	return oas.TrustIdentity204Response{}, h.identities.TrustVerified(ctx, account, who, *number)
}
