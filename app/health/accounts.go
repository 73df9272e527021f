package health

import (
	"fmt"

	"heliograph/domain"
)

// hindrances are the states that want something of whoever operates the gateway, and what that is. Of a backend that is down the report speaks
// anyway, and who is starting or linking waits for nobody.
var hindrances = []struct {
	state domain.AccountState
	// useless says that such an account neither sends nor receives.
	useless bool
	what    string
}{
	{domain.StateUnlinked, true, "unlinked: link or register again, or delete the local data"},
	{domain.StateOutdated, true, "refused by Signal because of the age of signal-cli: install a newer one"},
	{domain.StateChallengeRequired, false, "asked by Signal for a captcha: see the status of the accounts"},
}

// judge says what counts of accounts by state mean: one account that is lost takes the gateway away from no other.
func judge(counts map[domain.AccountState]int) (useless string, warnings []string) {
	all, lost := 0, 0
	for _, n := range counts {
		all += n
	}
	for _, h := range hindrances {
		n := counts[h.state]
		if n == 0 {
			continue
		}
		if h.useless {
			lost += n
		}
		warnings = append(warnings, fmt.Sprintf("%d of %d accounts: %s", n, all, h.what))
	}
	if lost > 0 && lost == all {
		return "no account can send or receive", warnings
	}
	return "", warnings
}
