package domain_test

import (
	"math"
	"testing"

	"heliograph/domain"
)

func TestParseGroupReference(t *testing.T) {
	const family = "QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0="
	for _, s := range []string{"group." + family, family} {
		if id, err := domain.ParseGroupReference(s); err != nil || id.String() != "group."+family {
			t.Errorf("%s: %v, %v", s, id, err)
		}
	}
	for _, s := range []string{"", "group.", "group.group." + family, "group.!!!", "!!!", "group.eHh4eA==", "AAECAwQ", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="} {
		if id, err := domain.ParseGroupReference(s); err == nil || domain.KindOf(err) != domain.Invalid || !id.IsZero() {
			t.Errorf("%q: %v, %v", s, id, err)
		}
	}
}

func FuzzParseGroupReference(f *testing.F) {
	for _, s := range []string{"group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0=", "group.eHh4eA==", "AAECAwQ", "--help"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := domain.ParseGroupReference(s)
		if err != nil {
			return
		}
		if again, err := domain.ParseGroupReference(id.String()); err != nil || again != id || id.IsZero() {
			t.Errorf("%q became %q: %v", s, id, err)
		}
	})
}

func TestClosedSetsTakeTheirOwnWordsOnly(t *testing.T) {
	type parse func(string) (string, error)
	for name, tc := range map[string]struct {
		parse parse
		words []string
	}{
		"group permission": {func(s string) (string, error) { p, err := domain.ParseGroupPermission(s); return string(p), err },
			[]string{"every-member", "only-admins"}},
		"group link": {func(s string) (string, error) { l, err := domain.ParseGroupLink(s); return string(l), err },
			[]string{"enabled", "enabled-with-approval", "disabled"}},
		"trust mode": {func(s string) (string, error) { m, err := domain.ParseTrustMode(s); return string(m), err },
			[]string{"on-first-use", "always", "never"}},
	} {
		for _, word := range tc.words {
			if got, err := tc.parse(word); err != nil || got != word {
				t.Errorf("%s %q: %q, %v", name, word, got, err)
			}
		}
		for _, word := range []string{"", "open", "nobody", "sometimes", tc.words[0] + " ", "Always", "EVERY_MEMBER"} {
			if got, err := tc.parse(word); err == nil || domain.KindOf(err) != domain.Invalid || got != "" {
				t.Errorf("%s %q: %q, %v", name, word, got, err)
			}
		}
	}
}

func TestParseDeviceID(t *testing.T) {
	for n, good := range map[int64]bool{1: true, 2: true, math.MaxInt32: true, 0: false, -1: false, math.MaxInt32 + 1: false, math.MinInt64: false} {
		id, err := domain.ParseDeviceID(n)
		if (err == nil) != good || good && int64(id) != n || !good && domain.KindOf(err) != domain.Invalid {
			t.Errorf("%d: %d, %v", n, id, err)
		}
	}
}
