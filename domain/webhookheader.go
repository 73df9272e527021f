package domain

import "strings"

// Limits of the headers that a webhook's owner wants sent. Servers commonly take 8 KiB of headers in all.
const (
	MaxWebhookHeaders     = 32
	maxWebhookHeaderBytes = 6 << 10
)

// CheckWebhookHeader checks the headers that a webhook's owner wants sent, values by name: at most MaxWebhookHeaders with 6 KiB
// in all; a name is a token, unlike the others whatever the case of its letters; a value is printable ASCII, without spaces
// around. Those that describe the call itself are refused: Host, what manages the connection, and all that begins with
// Content-, Proxy- or Webhook-. Errors are Invalid; they name the header and never its value, which may be a token.
func CheckWebhookHeader(header map[string]string) error {
	if len(header) > MaxWebhookHeaders {
		return Errorf(Invalid, "", "a webhook has at most %d headers", MaxWebhookHeaders)
	}
	bytes, seen := 0, make(map[string]bool, len(header))
	for name, value := range header {
		bytes += len(name) + len(value)
		lower := strings.ToLower(name)
		switch {
		case name == "" || len(name) > 128 || strings.IndexFunc(name, notToken) >= 0:
			return Errorf(Invalid, "", "a header of the webhook has no valid name")
		case reservedHeader(lower):
			return Errorf(Invalid, "", "the header %s cannot be chosen", name)
		case seen[lower]:
			return Errorf(Invalid, "", "the header %s is there twice", name)
		case strings.IndexFunc(value, notPrintable) >= 0 || strings.TrimSpace(value) != value:
			return Errorf(Invalid, "", "the value of the header %s is not printable ASCII, or has spaces around", name)
		}
		seen[lower] = true
	}
	if bytes > maxWebhookHeaderBytes {
		return Errorf(Invalid, "", "a webhook's headers have at most %d bytes in all", maxWebhookHeaderBytes)
	}
	return nil
}

// reservedHeader says of a name in lower case that the call itself decides it.
func reservedHeader(name string) bool {
	switch name {
	case "host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "accept-encoding":
		return true
	}
	return strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, "webhook-")
}

// notToken says of a character that no name of a header may hold it (RFC 9110, 5.6.2).
func notToken(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

func notPrintable(r rune) bool { return (r < ' ' || r > '~') && r != '\t' }
