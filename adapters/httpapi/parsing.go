package httpapi

import (
	"math"
	"time"

	"heliograph/domain"
)

// maxSeconds is the longest time that messages may stay, in signal-cli's 32 bits.
const maxSeconds = math.MaxInt32

// parseFlag reads a parameter of the query that is `true` or `false`; absent is false. Errors are Invalid.
func parseFlag(name string, given *string) (bool, error) {
	if given == nil {
		return false, nil
	}
	return parseSwitch(name, *given)
}

// parseExpiration reads the seconds until messages disappear; nil stays nil. Errors are Invalid.
func parseExpiration(seconds *int64) (*time.Duration, error) {
	if seconds == nil {
		return nil, nil
	}
	if *seconds < 0 || *seconds > maxSeconds {
		return nil, domain.Errorf(domain.Invalid, "", "an expiration must be 0 to %d seconds", maxSeconds)
	}
	expiration := time.Duration(*seconds) * time.Second
	return &expiration, nil
}

// parsePeople reads names of people. Errors are Invalid, also for a group.
func parsePeople(names *[]string) ([]domain.Recipient, error) {
	if names == nil {
		return nil, nil
	}
	people := make([]domain.Recipient, len(*names))
	for i, name := range *names {
		var err error
		if people[i], err = domain.ParseAuthor(name); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// parseTarget reads the one recipient of a body. Errors are Invalid.
func parseTarget(recipient string) (domain.Target, error) {
	if recipient == "" {
		return domain.Target{}, missing("recipient")
	}
	r, err := domain.ParseRecipient(recipient)
	return domain.Target{Recipients: []domain.Recipient{r}}, err
}

// parsePerson reads the one person that field names. Errors are Invalid.
func parsePerson(field, name string) (domain.Recipient, error) {
	if name == "" {
		return domain.Recipient{}, missing(field)
	}
	return domain.ParseAuthor(name)
}

func missing(what string) error {
	return domain.Errorf(domain.Invalid, "", "Couldn't process request - %s missing", what)
}
