package domain

// Account is a registered or linked Signal number the gateway acts for.
type Account Number

// ParseAccount reads an account's number. Errors are Invalid.
func ParseAccount(s string) (Account, error) {
	n, err := ParseNumber(s)
	return Account(n), err
}

// Number is the account's number.
func (a Account) Number() Number { return Number(a) }

// Short is the form for logs.
func (a Account) Short() string { return Number(a).Short() }
