package simulator

import "strings"

type identityEntry struct {
	Number                *string `json:"number"`
	UUID                  *string `json:"uuid"`
	Fingerprint           string  `json:"fingerprint"`
	SafetyNumber          *string `json:"safetyNumber"`
	ScannableSafetyNumber *string `json:"scannableSafetyNumber"`
	TrustLevel            string  `json:"trustLevel"`
	AddedTimestamp        int64   `json:"addedTimestamp"`
}

func listIdentities(k *call) (any, error) {
	out := []identityEntry{}
	text, one := k.p.str("number")
	var wanted address
	if one {
		var err *Error
		if wanted, err = k.net.parseAddress(text); err != nil {
			return nil, err
		}
	}
	for _, a := range k.net.accounts {
		if one && wanted.account != a || (!one && a != k.account && k.account.contacts[a.uuid] == nil) {
			continue
		}
		number, code := safetyNumber(k.account, a), scannable(k.account, a)
		e := identityEntry{
			Number: a.visibleNumber(), UUID: &a.uuid, Fingerprint: fingerprint(a.identityKey()), SafetyNumber: &number,
			ScannableSafetyNumber: &code, TrustLevel: k.account.trustIn(a), AddedTimestamp: a.profile.Updated,
		}
		if t := k.account.trust[a.uuid]; t != nil {
			e.AddedTimestamp = t.Added
		}
		out = append(out, e)
	}
	return out, nil
}

func trustIdentity(k *call) (any, error) {
	a, err := k.someone("recipient")
	if err != nil {
		return nil, err
	}
	if k.p.boolean("trustAllKnownKeys") {
		k.setTrust(a, levelUnverified)
		return empty{}, nil
	}
	code, given := k.p.str("verifiedSafetyNumber")
	if !given {
		return nil, userError("You need to specify the fingerprint/safety number you have verified with -v SAFETY_NUMBER")
	}
	compact := strings.ReplaceAll(code, " ", "")
	switch {
	case strings.EqualFold(compact, strings.ReplaceAll(fingerprint(a.identityKey()), " ", "")):
	case compact == strings.ReplaceAll(safetyNumber(k.account, a), " ", ""):
	case code == scannable(k.account, a):
	case len(compact) == 66 || len(compact) == 60 || len(compact) > 60:
		return nil, userError("Failed to set the trust for this number, make sure the number and the fingerprint/safety number are correct.")
	default:
		return nil, userError("Safety number has invalid format, either specify the old hex fingerprint or the new safety number")
	}
	k.setTrust(a, levelVerified)
	return empty{}, nil
}

// setTrust changes the level; messages held back until now are delivered once more. The caller holds
// network.mu.
func (k *call) setTrust(a *account, level string) {
	k.account.trust[a.uuid] = &trust{Level: level, Added: k.sim.now()}
	held := k.account.held[a.uuid]
	delete(k.account.held, a.uuid)
	if len(held) > 0 && k.account.inbox.putBack(held) {
		k.sim.startDrain(k.account)
	}
}
