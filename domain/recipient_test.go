package domain_test

import (
	"errors"
	"strings"
	"testing"

	"heliograph/domain"
)

const (
	// exampleGroup is the API's form of internalGroup.
	exampleGroup  = "group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0="
	internalGroup = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	oldGroup      = "AAECAwQFBgcICQoLDA0ODw=="
	exampleUUID   = "11111111-1111-4111-8111-111111111111"
)

func TestParseNumber(t *testing.T) {
	for s, want := range map[string]domain.Number{
		"+15550100001":           "+15550100001",
		"+1 555 010 0001":        "+15550100001",
		"+1 (555) 010-00.01":     "+15550100001",
		"+1/5550100001":          "+15550100001",
		"+12345":                 "+12345",
		"+123456789012345":       "+123456789012345",
		"+":                      "",
		"":                       "",
		"15550100001":            "",
		"+0555010000":            "",
		"+1234":                  "",
		"+1234567890123456":      "",
		"+1555x100001":           "",
		"++15550100001":          "",
		" +15550100001":          "",
		"+1555\n0100001":         "",
		"+155501000\x00":         "",
		"+١٢٣٤٥٦٧":               "",
		"--config=/x":            "",
		"+15550100001 --config":  "",
		"+1555010000１":           "",
		"tel:+15550100001":       "",
		"+ ( ) - .":              "",
		"+1-800-FLOWERS":         "",
		"+15550100001,+12025550": "",
	} {
		n, err := domain.ParseNumber(s)
		if n != want {
			t.Errorf("%q is %q, want %q", s, n, want)
		}
		wantInvalid(t, s, err, want == "")
	}
}

// wantInvalid checks that err is there when it should be, and what kind it is of.
func wantInvalid(t testing.TB, s string, err error, want bool) {
	t.Helper()
	var e *domain.Error
	if (err != nil) != want || err != nil && (!errors.As(err, &e) || e.Kind != domain.Invalid || e.Detail == "") {
		t.Errorf("%q: error %v", s, err)
	}
}

func TestParseUUID(t *testing.T) {
	for s, want := range map[string]domain.UUID{
		exampleUUID:                                exampleUUID,
		"ABCDEFAB-1111-4111-8111-111111111111":     "abcdefab-1111-4111-8111-111111111111",
		"11111111111141118111111111111111":         exampleUUID,
		"urn:uuid:" + exampleUUID:                  exampleUUID,
		"URN:UUID:" + exampleUUID:                  exampleUUID,
		"PNI:" + exampleUUID:                       "PNI:" + exampleUUID,
		"pni:ABCDEFAB-1111-4111-8111-111111111111": "PNI:abcdefab-1111-4111-8111-111111111111",
		"":                                         "",
		"PNI:":                                     "",
		"PNI:PNI:" + exampleUUID:                   "",
		"{" + exampleUUID + "}":                    "",
		"11111111-1111-4111-8111-11111111111":      "",
		"11111111-1111-4111-8111-1111111111111":    "",
		"11111111-1111-4111-8111-11111111111g":     "",
		"11111111+1111-4111-8111-111111111111":     "",
		"1111111-11111-4111-8111-111111111111":     "",
		"------------------------------------":     "",
		"--------------------------------":         "",
		"11111111-1111-4111-8111-1111111111\u0661": "",
		" " + exampleUUID:                          "",
	} {
		u, err := domain.ParseUUID(s)
		if u != want {
			t.Errorf("%q is %q, want %q", s, u, want)
		}
		wantInvalid(t, s, err, want == "")
		if u.IsPNI() != strings.HasPrefix(string(want), "PNI:") {
			t.Errorf("%q: PNI %v", s, u.IsPNI())
		}
	}
}

func TestParseUsername(t *testing.T) {
	for s, want := range map[string]domain.Username{
		"bob.01":                        "bob.01",
		"u:bob.01":                      "bob.01",
		"Bob_1.123456":                  "Bob_1.123456",
		"_ob.01":                        "_ob.01",
		"group.1234":                    "group.1234",
		strings.Repeat("x", 32) + ".01": domain.Username(strings.Repeat("x", 32) + ".01"),
		strings.Repeat("x", 33) + ".01": "",
		"bob.1234567890":                "bob.1234567890",
		"bob.12345678901":               "",
		"":                              "",
		"u:":                            "",
		"u:u:bob.01":                    "",
		"bob":                           "",
		"bo.01":                         "",
		"bob.1":                         "",
		"bob.x1":                        "",
		"bob.01.02":                     "",
		"1bob.01":                       "",
		"bob .01":                       "",
		"böb.01":                        "",
		"-bob.01":                       "",
		"--username=bob.01":             "",
		"bob.01\n":                      "",
		"bob.０１":                        "",
	} {
		n, err := domain.ParseUsername(s)
		if n != want {
			t.Errorf("%q is %q, want %q", s, n, want)
		}
		wantInvalid(t, s, err, want == "")
	}
}

func TestParseGroupID(t *testing.T) {
	for s, internal := range map[string]string{
		exampleGroup:                             internalGroup,
		"group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09": oldGroup,
		"":                                       "",
		"group.":                                 "",
		internalGroup:                            "",
		"group." + internalGroup:                 "",
		"group.1234":                             "",
		"group.!!!!!!!!!!!!":                     "",
		"Group." + exampleGroup[6:]:              "",
		exampleGroup + "=":                       "",
		strings.TrimRight(exampleGroup, "="):     "",
		exampleGroup[:20] + "\n" + exampleGroup[20:]: "",
		exampleGroup + "\r\n":                        "",
		"group.QUFBQQ==":                             "", // four bytes
		"group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoKz0=": "", // bits beyond the last byte
	} {
		g, err := domain.ParseGroupID(s)
		wantInvalid(t, s, err, internal == "")
		if g.IsZero() != (internal == "") || !g.IsZero() && (g.Internal() != internal || g.String() != s) {
			t.Errorf("%q is %q inside and %q outside, want %q", s, g.Internal(), g.String(), internal)
		}
	}
}

func TestParseInternalGroupID(t *testing.T) {
	for s, valid := range map[string]bool{
		internalGroup: true, oldGroup: true, "": false, "AAAA": false, exampleGroup: false, "=": false,
		strings.ReplaceAll(groupA, "=", ""):            false,
		"q1Yt0bJ8mQe3ZrVn5uKXh7oWcT2dLsPyGfAi9BvN-_E=": false, // the alphabet for URLs
		internalGroup[:8] + "\n" + internalGroup[8:]:   false,
	} {
		g, err := domain.ParseInternalGroupID(s)
		wantInvalid(t, s, err, !valid)
		if valid && g.Internal() != s || g.IsZero() == valid {
			t.Errorf("%q became %q", s, g.Internal())
		}
	}
	if zero := (domain.GroupID{}); zero.String() != "" || zero.Internal() != "" || !zero.IsZero() {
		t.Errorf("no group is %q", zero)
	}
}

// The cases of the reference's /v2/send; those that it gets wrong (DEFECTS 29) as they should be.
func TestDefect29RecipientsAreClassifiedAsRecorded(t *testing.T) {
	group, err := domain.ParseGroupID(exampleGroup)
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]domain.Recipient{
		"+12025550111":                         {Number: "+12025550111"},
		"+1 202 555 0111":                      {Number: "+12025550111"},
		exampleUUID:                            {UUID: exampleUUID},
		"ABCDEFAB-1111-4111-8111-111111111111": {UUID: "abcdefab-1111-4111-8111-111111111111"},
		"11111111111141118111111111111111":     {UUID: exampleUUID},
		"urn:uuid:" + exampleUUID:              {UUID: exampleUUID},
		"PNI:" + exampleUUID:                   {UUID: "PNI:" + exampleUUID},
		"bob.01":                               {Username: "bob.01"},
		"u:bob.01":                             {Username: "bob.01"},
		"group.1234":                           {Username: "group.1234"},
		"group.12345678":                       {Username: "group.12345678"},
		exampleGroup:                           {Group: group},
		"12025550111":                          {},
		"group.!!!!!!!!!!!!":                   {},
		"group.":                               {},
		"group":                                {},
		internalGroup:                          {},
		"":                                     {},
		" ":                                    {},
		"not-a-number":                         {},
		"--attachment":                         {},
		"--config=/x":                          {},
		"-a":                                   {},
		"/srv/secret.txt":                      {},
		"--end-session":                        {},
		"+--config=/x":                         {},
		"bob.01\x00":                           {},
		"\xff":                                 {},
	} {
		r, err := domain.ParseRecipient(s)
		if r != want {
			t.Errorf("%q is %+v, want %+v", s, r, want)
		}
		wantInvalid(t, s, err, want.IsZero())
		author, err := domain.ParseAuthor(s)
		if want.IsGroup() {
			want = domain.Recipient{}
		}
		if author != want {
			t.Errorf("author %q is %+v, want %+v", s, author, want)
		}
		wantInvalid(t, s, err, want.IsZero())
	}
}

func TestShortNumbersHideMost(t *testing.T) {
	for n, want := range map[domain.Number]string{"+15550100001": "…0001", "+123": "…", "": "…"} {
		if n.Short() != want || domain.Account(n).Short() != want {
			t.Errorf("%q is %q, want %q", n, n.Short(), want)
		}
	}
}

// FuzzParseRecipient: what is taken is one kind, is no option, and reads back as itself.
func FuzzParseRecipient(f *testing.F) {
	for _, s := range []string{"+1 202 555 0111", exampleUUID, "PNI:" + exampleUUID, "u:bob.01", "group.1234", exampleGroup, "--config=/x", "group.!!!!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := domain.ParseRecipient(s)
		if err != nil {
			wantInvalid(t, s, err, true)
			if !r.IsZero() {
				t.Errorf("%q refused, but %+v", s, r)
			}
			return
		}
		kinds := 0
		for _, is := range []bool{r.Number != "", r.UUID != "", r.Username != "", r.IsGroup()} {
			if is {
				kinds++
			}
		}
		out := r.String()
		if kinds != 1 || out == "" || out[0] == '-' || strings.ContainsAny(out, " \t\r\n\x00=") && !r.IsGroup() {
			t.Errorf("%q is %+v", s, r)
		}
		if again, err := domain.ParseRecipient(out); err != nil || again != r {
			t.Errorf("%q is %q, which is %+v, %v", s, out, again, err)
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	f.Add("+1 (555) 010-00.01")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := domain.ParseNumber(s)
		wantInvalid(t, s, err, n == "")
		if n == "" {
			return
		}
		if n[0] != '+' || len(n) < 6 || len(n) > 16 || strings.Trim(string(n[1:]), "0123456789") != "" {
			t.Errorf("%q is %q", s, n)
		}
		if again, err := domain.ParseNumber(string(n)); err != nil || again != n {
			t.Errorf("%q does not read back: %q, %v", n, again, err)
		}
	})
}

func FuzzParseUUID(f *testing.F) {
	f.Add("urn:uuid:" + exampleUUID)
	f.Add("pni:ABCDEFAB-1111-4111-8111-111111111111")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := domain.ParseUUID(s)
		wantInvalid(t, s, err, u == "")
		if u == "" {
			return
		}
		if bare := strings.TrimPrefix(string(u), "PNI:"); len(bare) != 36 || strings.Count(bare, "-") != 4 || strings.Trim(bare, "0123456789abcdef-") != "" {
			t.Errorf("%q is %q", s, u)
		}
		if again, err := domain.ParseUUID(string(u)); err != nil || again != u {
			t.Errorf("%q does not read back: %q, %v", u, again, err)
		}
	})
}

func FuzzParseUsername(f *testing.F) {
	f.Add("u:bob.01")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := domain.ParseUsername(s)
		wantInvalid(t, s, err, n == "")
		if n != "" && strings.TrimPrefix(s, "u:") != string(n) {
			t.Errorf("%q is %q", s, n)
		}
	})
}

func FuzzParseGroupID(f *testing.F) {
	f.Add(exampleGroup)
	f.Add(internalGroup)
	f.Fuzz(func(t *testing.T, s string) {
		if g, err := domain.ParseGroupID(s); err == nil && g.String() != s {
			t.Errorf("%q is %q", s, g)
		}
		if g, err := domain.ParseInternalGroupID(s); err == nil && g.Internal() != s {
			t.Errorf("%q is %q", s, g.Internal())
		}
	})
}
