package domain

// TrustMode says what signal-cli does with a key that it sees for the first time, or that changed.
type TrustMode string

// The modes, in signal-cli's words.
const (
	// TrustOnFirstUse trusts the first key of somebody, and no other one until that is trusted; signal-cli's default.
	TrustOnFirstUse TrustMode = "on-first-use"
	// TrustAlways trusts every key.
	TrustAlways TrustMode = "always"
	// TrustNever trusts no key that was not trusted by hand.
	TrustNever TrustMode = "never"
)

// ParseTrustMode reads a mode. Errors are Invalid, also for the empty string.
func ParseTrustMode(s string) (TrustMode, error) {
	switch m := TrustMode(s); m {
	case TrustOnFirstUse, TrustAlways, TrustNever:
		return m, nil
	}
	return "", Errorf(Invalid, "", "trust_mode must be %s, %s or %s", TrustOnFirstUse, TrustAlways, TrustNever)
}
