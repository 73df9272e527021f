package domain

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// CheckWebhookURL finds what is no address that can be called. Errors are Invalid and do not show it.
func CheckWebhookURL(s string) error {
	parsed, err := url.Parse(s)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" {
		return Errorf(Invalid, "", "url is no http or https URL")
	}
	return nil
}

// CheckWebhookSecret finds what cannot sign. Errors are Invalid.
func CheckWebhookSecret(s string) error {
	rest, ok := strings.CutPrefix(s, "whsec_")
	key, err := base64.StdEncoding.DecodeString(rest)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return Errorf(Invalid, "", "a secret is whsec_ and base64 of 24 to 64 bytes")
	}
	return nil
}

// CheckWebhookHeaders finds headers that cannot be sent. Errors are Invalid.
func CheckWebhookHeaders(map[string]string) error { return nil }
