package cli_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"heliograph/adapters/cli"
	"heliograph/domain"
)

func TestExitCodes(t *testing.T) {
	want := map[domain.Kind]int{
		domain.Invalid: 2, domain.NotFound: 2, domain.UnknownAccount: 2, domain.TooLarge: 2, domain.Unsupported: 2,
		domain.Unavailable: 3, domain.Timeout: 3, domain.OutcomeUnknown: 4, domain.RateLimited: 5,
	}
	for _, kind := range domain.Kinds() {
		expected, named := want[kind]
		if !named {
			expected = 1
		}
		serve := func(context.Context, cli.Overrides) error { return domain.Errorf(kind, "", "because") }
		streams := cli.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
		if got := cli.Run(t.Context(), []string{"serve"}, nil, streams, cli.Functions{Serve: serve}); got != expected {
			t.Errorf("%s: exit code %d, want %d", kind, got, expected)
		}
	}
}
