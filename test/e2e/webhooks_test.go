package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// signedCall is a call of a webhook whose signature was found right.
type signedCall struct {
	id, contentType, key string
	body                 struct {
		ID, Account, Kind string
		Payload           payload
	}
	answer chan<- int
}

// signedHook is a receiver that verifies calls by the scheme's own library, once a test has given it the secret.
type signedHook struct {
	t      *testing.T
	url    string
	secret chan string // the one in force
	called chan signedCall
}

func newSignedHook(t *testing.T) *signedHook {
	t.Helper()
	h := &signedHook{t: t, secret: make(chan string, 1), called: make(chan signedCall)}
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		secret := <-h.secret
		h.secret <- secret
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err == nil {
			err = verifier.Verify(content, r.Header)
		}
		if err != nil {
			t.Errorf("signature: %v", err)
		}
		answer := make(chan int)
		call := signedCall{id: r.Header.Get("webhook-id"), contentType: r.Header.Get("Content-Type"), key: r.Header.Get("X-Key"), answer: answer}
		if err := json.Unmarshal(content, &call.body); err != nil {
			t.Errorf("the webhook got %s: %v", content, err)
		}
		select {
		case h.called <- call:
		case <-over:
			return
		}
		select {
		case status := <-answer:
			w.WriteHeader(status)
		case <-over:
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	h.url = server.URL
	return h
}

// next waits for a call and answers it.
func (h *signedHook) next(status int) signedCall {
	h.t.Helper()
	select {
	case call := <-h.called:
		call.answer <- status
		return call
	case <-time.After(hangLimit):
		h.t.Fatal("the webhook is not called")
		return signedCall{}
	}
}

// From nothing to a webhook that is signed, tried again under the same ID, given a new secret, tested, replayed, gone, and deleted.
func TestWebhookOverHTTP(t *testing.T) {
	h := newSignedHook(t)
	g := serve(t, "MODE=simulator", "HELIOGRAPH_WEBHOOKS_ALLOW_PRIVATE=127.0.0.0/8")
	var made struct{ ID, URL, Secret string }
	status, answer := g.call(t, http.MethodPost, "/v1/webhooks", fmt.Sprintf(`{"url":%q,"accounts":[%q],"kinds":["message"],"headers":{"X-Key":"k3y"}}`,
		strings.Replace(h.url, "http://", "http://user:s3cret@", 1)+"/hook", bob))
	if err := json.Unmarshal([]byte(answer), &made); err != nil || status != http.StatusCreated || strings.Contains(answer, "s3cret") || strings.Contains(answer, "k3y") {
		t.Fatalf("%d %s: %v", status, answer, err)
	}
	h.secret <- made.Secret
	path := "/v1/webhooks/" + made.ID

	g.send(t, text(alice, bob, "first"))
	refused := h.next(http.StatusServiceUnavailable)
	taken := h.next(http.StatusNoContent)
	if refused.id != taken.id || taken.body.ID != taken.id || taken.body.Account != bob || taken.body.Kind != "message" ||
		taken.body.Payload.text() != "first" || taken.contentType != "application/json" || taken.key != "k3y" {
		t.Errorf("%+v, then %+v", refused, taken)
	}

	var rotated struct{ Secret string }
	if status, answer := g.call(t, http.MethodPost, path+"/rotate-secret", ""); status != http.StatusOK || json.Unmarshal([]byte(answer), &rotated) != nil {
		t.Errorf("%d %s", status, answer)
	}
	g.send(t, text(alice, bob, "signed by both"))
	h.next(http.StatusOK) // verified with the old one
	<-h.secret
	h.secret <- rotated.Secret
	tested := make(chan string, 1)
	go func() {
		_, answer := g.call(t, http.MethodPost, path+"/test", "")
		tested <- answer
	}()
	if call := h.next(http.StatusTeapot); !strings.Contains(call.body.Payload.text(), "test") {
		t.Errorf("%+v", call)
	}
	if answer := <-tested; !strings.Contains(answer, `"status":418`) {
		t.Errorf("the test told %s", answer)
	}

	if status, answer := g.call(t, http.MethodPost, path+"/replay?from=oldest", ""); status != http.StatusNoContent {
		t.Errorf("%d %s", status, answer)
	}
	if again := h.next(http.StatusOK); again.id != taken.id {
		t.Errorf("the replay has another ID: %+v", again)
	}
	if again := h.next(http.StatusOK); again.body.Payload.text() != "signed by both" {
		t.Errorf("%+v", again)
	}
	g.send(t, text(alice, bob, "the last"))
	h.next(http.StatusGone)
	await(t, g, path, `"state":"gone"`)
	if status, answer := g.call(t, http.MethodDelete, path, ""); status != http.StatusNoContent {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer := g.call(t, http.MethodGet, path, ""); status != http.StatusNotFound {
		t.Errorf("%d %s", status, answer)
	}
	for _, secret := range []string{"s3cret", "k3y", made.Secret, rotated.Secret} {
		if strings.Contains(g.out.String(), secret) {
			t.Errorf("the output names a secret:\n%s", g.out.String())
		}
	}
}

// await waits until what path shows holds want.
func await(t *testing.T, g gateway, path, want string) {
	t.Helper()
	var answer string
	for began := time.Now(); time.Since(began) < hangLimit; pause() {
		if _, answer = g.call(t, http.MethodGet, path, ""); strings.Contains(answer, want) {
			return
		}
	}
	t.Errorf("%s shows %s, never %s", path, answer, want)
}

// Where nothing is allowed, a webhook made over the API leads nowhere inside; the one of the configuration may.
func TestWebhooksDoNotLeadInside(t *testing.T) {
	h := newSignedHook(t)
	g := serve(t, "MODE=simulator")
	var made struct{ ID, Secret string }
	if _, answer := g.call(t, http.MethodPost, "/v1/webhooks", fmt.Sprintf(`{"url":%q}`, h.url)); json.Unmarshal([]byte(answer), &made) != nil || made.ID == "" {
		t.Fatal(answer)
	}
	status, answer := g.call(t, http.MethodPost, "/v1/webhooks/"+made.ID+"/test", "")
	if status != http.StatusOK || !strings.Contains(answer, `"outcome":"forbidden"`) {
		t.Errorf("%d %s", status, answer)
	}
	select {
	case <-h.called:
		t.Error("it was called")
	default:
	}
}
