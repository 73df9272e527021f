package simulator

// phoneCall is one call between two accounts.
type phoneCall struct{}
