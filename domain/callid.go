package domain

import "strconv"

// CallID names a call. signal-cli writes the same ID signed in some places and unsigned in others.
type CallID uint64

func parseCallID(s string) (CallID, error) {
	if signed, err := strconv.ParseInt(s, 10, 64); err == nil {
		return CallID(signed), nil
	}
	unsigned, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, Errorf(Invalid, "", "call ID is not an integer of 64 bits")
	}
	return CallID(unsigned), nil
}

// UnmarshalJSON takes both forms.
func (c *CallID) UnmarshalJSON(b []byte) (err error) {
	*c, err = parseCallID(string(b))
	return err
}
