package httpapi

import (
	"context"
	"strings"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// search tells who is at Signal.
type search struct{ users ports.UserDirectory }

func (h search) SearchUsers(ctx context.Context, r oas.SearchUsersRequestObject) (oas.SearchUsersResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	asked := make([]string, len(r.Params.Numbers))
	for i, number := range r.Params.Numbers {
		asked[i] = withPlus(number)
	}
	found, err := h.users.Status(ctx, account, asked)
	if err != nil {
		return nil, err
	}
	answer := make(oas.SearchUsers200JSONResponse, len(found))
	for i, one := range found {
		answer[i] = oas.FoundUser{Number: string(one.Number), Registered: one.Registered}
		if one.Number == "" {
			answer[i].Number = one.Asked
		}
	}
	return answer, nil
}

// withPlus puts back the plus of a number in a query that nobody encoded.
func withPlus(number string) string {
	if rest, ok := strings.CutPrefix(number, " "); ok {
		return "+" + rest
	}
	return number
}
