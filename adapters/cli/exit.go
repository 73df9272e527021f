package cli

import (
	"errors"
	"fmt"
	"io"

	"heliograph/domain"
)

// The exit codes.
const (
	exitOK       = 0
	exitInternal = 1
	// exitUsage: the arguments or the configuration cannot succeed as they are.
	exitUsage = 2
	// exitUnavailable: nothing was done, try again later.
	exitUnavailable = 3
	// exitUnknown: it may have been done.
	exitUnknown = 4
	// exitRateLimited: Signal asks for patience or a captcha.
	exitRateLimited = 5
)

// many is an error that consists of several, a sentence each.
type many interface{ Problems() []string }

func exitCode(err error) int {
	var several many
	if errors.As(err, &several) {
		return exitInternal // the reference's code for a configuration it refuses
	}
	switch domain.KindOf(err) {
	case domain.Invalid, domain.NotFound, domain.UnknownAccount, domain.TooLarge, domain.Unsupported:
		return exitUsage
	case domain.Unavailable, domain.Timeout:
		return exitUnavailable
	case domain.OutcomeUnknown:
		return exitUnknown
	case domain.RateLimited:
		return exitRateLimited
	}
	return exitInternal
}

// report tells a person what went wrong.
func report(w io.Writer, err error) {
	var several many
	if errors.As(err, &several) {
		fmt.Fprintln(w, "heliograph: the configuration cannot be used:")
		for _, problem := range several.Problems() {
			fmt.Fprintf(w, "  - %s\n", problem)
		}
		return
	}
	fmt.Fprintf(w, "heliograph: %v\n", err)
}
