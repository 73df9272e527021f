package domain

import (
	"net/url"
	"strconv"
	"strings"
)

// MaxWebhookURLBytes is how long the address of a webhook may be.
const MaxWebhookURLBytes = 2048

// ParseWebhookURL reads the address of a webhook: http or https, with a host, without a fragment, at most
// MaxWebhookURLBytes long. It may hold `user:password@`. Whether the host may be called shows only when it is resolved.
// Errors are Invalid and do not repeat the address.
func ParseWebhookURL(s string) (*url.URL, error) {
	switch {
	case len(s) > MaxWebhookURLBytes:
		return nil, Errorf(Invalid, "", "the webhook's url is longer than %d bytes", MaxWebhookURLBytes)
	case strings.Contains(s, "#"):
		return nil, Errorf(Invalid, "", "the webhook's url holds a fragment, which is never sent")
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, Errorf(Invalid, "", "the webhook's url is no http or https URL with a host")
	}
	if text := u.Port(); text != "" {
		if port, err := strconv.ParseUint(text, 10, 16); err != nil || port == 0 {
			return nil, Errorf(Invalid, "", "the webhook's url has a port that there is not")
		}
	}
	return u, nil
}

// RedactWebhookURL is the address for those who may not use it: neither user and password nor the query, which may hold a key.
func RedactWebhookURL(u *url.URL) string {
	shown := *u
	if shown.User != nil {
		shown.User = url.User("xxxxx")
	}
	if shown.RawQuery != "" {
		shown.RawQuery = "xxxxx"
	}
	return shown.String()
}
