package domain_test

import (
	"strings"
	"testing"

	"heliograph/domain"
)

func TestCursorsReadBack(t *testing.T) {
	for _, c := range []domain.Cursor{domain.Oldest, domain.Latest, {Epoch: 1, Seq: 2}, {Epoch: 1<<64 - 1, Seq: 1 << 63}} {
		s := c.String()
		if len(s) != 22 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("%+v is %q: no 22 characters that need no escape in a URL", c, s)
		}
		if again, err := domain.ParseCursor(s); err != nil || again != c {
			t.Errorf("%+v reads back as %+v, %v", c, again, err)
		}
	}
	for _, s := range []string{"", "x", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA=", "-1"} {
		c, err := domain.ParseCursor(s)
		if c != (domain.Cursor{}) {
			t.Errorf("%q refused, but %+v", s, c)
		}
		wantInvalid(t, s, err, true)
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(domain.Latest.String())
	f.Add("AAAAAAAAAA\nAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := domain.ParseCursor(s)
		if err == nil && c.String() != s {
			t.Errorf("%q is %q", s, c)
		}
	})
}
