package domain_test

import (
	"strings"
	"testing"

	"heliograph/domain"
)

func TestReaderNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"bot": true, "my bot 2": true, "größer": true, strings.Repeat("x", 128): true,
		"": false, strings.Repeat("x", 129): false, "a/b": false, "100%": false, "a\nb": false, "\x00": false, "\xff": false, "a\u200bb": false,
	} {
		for _, account := range []domain.Account{"", "+15550100001"} {
			n, err := domain.ParseReaderName(account, name)
			if (err == nil) != ok || err != nil && domain.KindOf(err) != domain.Invalid {
				t.Errorf("%q: %v", name, err)
			}
			if err != nil {
				continue
			}
			if back, known := domain.ReaderNameOf(n.Key()); !known || back != n {
				t.Errorf("%q: %+v, %v", n.Key(), back, known)
			}
		}
	}
}

func TestKeysOfReadersAreApart(t *testing.T) {
	keys := map[string]domain.ReaderName{}
	for _, n := range []domain.ReaderName{
		{Name: "a"}, {Account: "+15550100001", Name: "a"}, {Account: "+15550100002", Name: "a"}, {Account: "+15550100001"}, {Name: "+15550100001"},
	} {
		if other, taken := keys[n.Key()]; taken {
			t.Errorf("%+v and %+v have one key", n, other)
		}
		keys[n.Key()] = n
		if back, known := domain.ReaderNameOf(n.Key()); !known || back != n {
			t.Errorf("%q: %+v, %v", n.Key(), back, known)
		}
	}
	for _, key := range []string{"", "/", "webhooks/x", "plain", "+1/x", "+abcdef/x"} {
		if n, known := domain.ReaderNameOf(key); known {
			t.Errorf("%q is taken for %+v", key, n)
		}
	}
}
