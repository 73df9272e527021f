package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// sign adds the headers of the Standard Webhooks scheme: the ID, and with secrets the time in seconds and a signature by each of them over
// ID, time and body.
func sign(header http.Header, call ports.WebhookCall, now time.Time) error {
	if call.ID == "" || strings.IndexFunc(call.ID, notVisible) >= 0 {
		return domain.Errorf(domain.Invalid, "webhook", "the delivery's id cannot be a header")
	}
	header.Set("Webhook-Id", call.ID)
	if len(call.Secrets) == 0 {
		return nil
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	signatures := make([]byte, 0, 48*len(call.Secrets))
	for i, secret := range call.Secrets {
		key, err := domain.ParseWebhookSecret(secret)
		if err != nil {
			return err
		}
		mac := hmac.New(sha256.New, key)
		_, _ = io.WriteString(mac, call.ID+"."+timestamp+".") // a hash takes everything
		_, _ = mac.Write(call.Body)
		if i > 0 {
			signatures = append(signatures, ' ')
		}
		signatures = append(signatures, "v1,"...)
		signatures = base64.StdEncoding.AppendEncode(signatures, mac.Sum(nil))
	}
	header.Set("Webhook-Timestamp", timestamp)
	header.Set("Webhook-Signature", string(signatures))
	return nil
}

func notVisible(r rune) bool { return r <= ' ' || r > '~' }
