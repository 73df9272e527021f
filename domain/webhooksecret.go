package domain

import (
	"encoding/base64"
	"strings"
)

// webhookSecretPrefix begins the secrets of the Standard Webhooks scheme.
const webhookSecretPrefix = "whsec_"

// Lengths of the key in a secret, in bytes, as the scheme has them.
const (
	MinWebhookKeyBytes = 24
	MaxWebhookKeyBytes = 64
)

// ParseWebhookSecret gives the key of a secret that signs calls by the Standard Webhooks scheme: `whsec_` and base64, with its
// padding, of MinWebhookKeyBytes to MaxWebhookKeyBytes bytes. Errors are Invalid and do not repeat the secret.
func ParseWebhookSecret(s string) (key []byte, err error) {
	text, ok := strings.CutPrefix(s, webhookSecretPrefix)
	if ok && len(text) <= base64.StdEncoding.EncodedLen(MaxWebhookKeyBytes) {
		key, err = base64.StdEncoding.Strict().DecodeString(text)
	}
	if !ok || err != nil || len(key) < MinWebhookKeyBytes || len(key) > MaxWebhookKeyBytes || FormatWebhookSecret(key) != s { // base64 passes over line breaks
		return nil, Errorf(Invalid, "", "a webhook's secret is %s and base64 of %d to %d bytes", webhookSecretPrefix, MinWebhookKeyBytes, MaxWebhookKeyBytes)
	}
	return key, nil
}

// FormatWebhookSecret is the secret that holds key. A new secret is that of 32 bytes at random.
func FormatWebhookSecret(key []byte) string {
	return webhookSecretPrefix + base64.StdEncoding.EncodeToString(key)
}
