package domain_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"heliograph/domain"
)

func TestParseWebhookURL(t *testing.T) {
	for _, s := range []string{
		"http://example.org", "https://example.org/", "HTTPS://example.org/", "https://user:s3cret@example.org:8443/hook?key=k", "http://127.0.0.1:5000",
		"http://[2001:db8::1]:80/hook", "http://[fe80::1%25eth0]/", "https://bücher.example/", "http://host:65535/", "http://host:/",
		"https://example.org/" + strings.Repeat("x", domain.MaxWebhookURLBytes-len("https://example.org/")),
	} {
		if u, err := domain.ParseWebhookURL(s); err != nil || u.Hostname() == "" {
			t.Errorf("%q: %v, %v", s, u, err)
		}
	}
	for _, s := range []string{
		"", "hook", "/hook", "//example.org/", "ftp://example.org/", "file:///etc/passwd", "unix:///hook", "http:", "http:/", "http://", "http://:80/", "http:example.org",
		"http://user:s3cret@/", "http://exa mple.org/", " http://example.org/", "http://example.org/\n", "http://example.org/\x00", "http://user:s3cret@%zz/",
		"http://user:s3cret@example.org:port/", "http://user:s3cret@host:0/", "http://user:s3cret@host:65536/", "https://user:s3cret@example.org/#", "https://user:s3cret@example.org/#part",
		"https://user:s3cret@example.org/" + strings.Repeat("x", domain.MaxWebhookURLBytes),
	} {
		u, err := domain.ParseWebhookURL(s)
		if err == nil || domain.KindOf(err) != domain.Invalid || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v, %v", s, u, err)
		}
	}
}

func TestRedactWebhookURL(t *testing.T) {
	for s, want := range map[string]string{
		"https://example.org/hook":                         "https://example.org/hook",
		"https://s3cret@example.org:8443/hook":             "https://xxxxx@example.org:8443/hook",
		"http://hermes:s3cret@example.org/hook?key=hidden": "http://xxxxx@example.org/hook?xxxxx",
	} {
		u, err := domain.ParseWebhookURL(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := domain.RedactWebhookURL(u); got != want || u.String() != s {
			t.Errorf("got %q, want %q, and it is %q now", got, want, u)
		}
	}
}

func FuzzParseWebhookURL(f *testing.F) {
	for _, s := range []string{"https://user:s3cret@example.org:8443/hook?key=k", "http://[::ffff:127.0.0.1%25x]:80/", "http://2130706433/", "http://a:b@c:d@e/", "http://%31/", "http:////x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := domain.ParseWebhookURL(s)
		if err != nil {
			if domain.KindOf(err) != domain.Invalid {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		again, err := domain.ParseWebhookURL(u.String())
		if len(u.String()) <= domain.MaxWebhookURLBytes && (err != nil || again.Host != u.Host || again.Scheme != u.Scheme) {
			t.Fatalf("%q became %q, which is %v, %v", s, u, again, err)
		}
		if shown := domain.RedactWebhookURL(u); u.User != nil && !strings.Contains(shown, "://xxxxx@") || u.RawQuery != "" && !strings.HasSuffix(shown, "?xxxxx") {
			t.Fatalf("%q is shown as %q", s, shown)
		}
	})
}

func TestParseWebhookSecret(t *testing.T) {
	for length := range 70 {
		key := bytes.Repeat([]byte{0xfb}, length)
		got, err := domain.ParseWebhookSecret(domain.FormatWebhookSecret(key))
		if valid := length >= 24 && length <= 64; valid != (err == nil) || valid && !bytes.Equal(got, key) {
			t.Errorf("%d bytes: %v, %v", length, got, err)
		}
	}
	good := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, s := range map[string]string{
		"empty": "", "no prefix": good, "another prefix": "whpk_" + good, "prefix alone": "whsec_", "no padding": "whsec_" + strings.TrimRight(good, "="),
		"another alphabet": "whsec_" + strings.Repeat("-_-_", 8), "line break": "whsec_" + good[:20] + "\n" + good[20:], "space": "whsec_" + good + " ",
		"bits left over": "whsec_" + good[:42] + "B=", "very long": "whsec_" + strings.Repeat("A", 1<<20),
	} {
		if key, err := domain.ParseWebhookSecret(s); err == nil || domain.KindOf(err) != domain.Invalid || len(err.Error()) > 200 || strings.Contains(err.Error(), good[:20]) {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
}

func FuzzParseWebhookSecret(f *testing.F) {
	for _, s := range []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_====", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if key, err := domain.ParseWebhookSecret(s); err == nil && (domain.FormatWebhookSecret(key) != s || len(key) < 24 || len(key) > 64) {
			t.Fatalf("%q has the key %x", s, key)
		}
	})
}

func TestCheckWebhookHeader(t *testing.T) {
	many := map[string]string{}
	for i := range domain.MaxWebhookHeaders {
		many[fmt.Sprint("X-", i)] = "v"
	}
	tooMany := maps.Clone(many)
	tooMany["X"] = "v"
	for name, c := range map[string]struct {
		header map[string]string
		valid  bool
	}{
		"none":                {nil, true},
		"usual":               {map[string]string{"Authorization": "Bearer s3cret", "x-api-key": "k", "X_y.z~1": "a\tb c", "User-Agent": "mine", "Cookie": "a=b; c=d"}, true},
		"empty value":         {map[string]string{"X": ""}, true},
		"many":                {many, true},
		"too many":            {tooMany, false},
		"long":                {map[string]string{"X": strings.Repeat("x", 6<<10-1)}, true},
		"too long":            {map[string]string{"X": strings.Repeat("x", 6<<10)}, false},
		"too long in all":     {map[string]string{"X": strings.Repeat("x", 4<<10), "Y": strings.Repeat("x", 4<<10)}, false},
		"no name":             {map[string]string{"": "v"}, false},
		"long name":           {map[string]string{strings.Repeat("x", 200): "v"}, false},
		"space in the name":   {map[string]string{"X Y": "v"}, false},
		"colon in the name":   {map[string]string{"X:": "v"}, false},
		"break in the name":   {map[string]string{"X\r\nHost": "v"}, false},
		"letter of no token":  {map[string]string{"Ü": "v"}, false},
		"break in the value":  {map[string]string{"X": "s3cret\r\nHost: other"}, false},
		"zero in the value":   {map[string]string{"X": "s3cret\x00"}, false},
		"delete in the value": {map[string]string{"X": "s3cret\x7f"}, false},
		"not ASCII":           {map[string]string{"X": "s3crét"}, false},
		"not UTF-8":           {map[string]string{"X": "s3cret\xff"}, false},
		"space before":        {map[string]string{"X": " s3cret"}, false},
		"space behind":        {map[string]string{"X": "s3cret\t"}, false},
		"twice":               {map[string]string{"x-key": "v", "X-Key": "v"}, false},
		"host":                {map[string]string{"host": "other"}, false},
		"length":              {map[string]string{"CONTENT-LENGTH": "1"}, false},
		"type":                {map[string]string{"Content-Type": "text/plain"}, false},
		"encoding":            {map[string]string{"Transfer-Encoding": "chunked"}, false},
		"connection":          {map[string]string{"Connection": "close"}, false},
		"expectation":         {map[string]string{"Expect": "100-continue"}, false},
		"the proxy's":         {map[string]string{"Proxy-Authorization": "Basic s3cret"}, false},
		"the scheme's":        {map[string]string{"wEbhook-Signature": "v1,s3cret"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := domain.CheckWebhookHeader(c.header)
			if c.valid != (err == nil) || err != nil && (domain.KindOf(err) != domain.Invalid || strings.Contains(err.Error(), "s3cr")) {
				t.Error(err)
			}
		})
	}
}

// FuzzCheckWebhookHeader: what is valid arrives as it is.
func FuzzCheckWebhookHeader(f *testing.F) {
	f.Add("Authorization", "Bearer s3cret")
	f.Add("webhook-id", "x")
	f.Add("x\r\n", "y\n")
	f.Fuzz(func(t *testing.T, name, value string) {
		if domain.CheckWebhookHeader(map[string]string{name: value}) != nil {
			return
		}
		var written bytes.Buffer
		if err := (http.Header{name: {value}}).Write(&written); err != nil || written.String() != name+": "+value+"\r\n" {
			t.Fatalf("%q: %q is written as %q, %v", name, value, written.String(), err)
		}
		if slices.Contains([]string{"host", "content-length", "webhook-id"}, strings.ToLower(name)) {
			t.Fatalf("%q was let through", name)
		}
	})
}
