// Receiver takes Heliograph's webhooks: it verifies each call, handles each event once, answers 204.
//
//	WEBHOOK_SECRET=whsec_... PORT=9000 go run .
package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Bounds of what is held: bytes of a body, and IDs of calls, the oldest of which go first.
const (
	largest  = 16 << 20
	remember = 10_000
)

// receiver handles the calls of one webhook.
type receiver struct {
	webhook *standardwebhooks.Webhook

	mu sync.Mutex // guards the following
	// handled are the IDs of the last calls, which order lists. A program that restarts keeps them in its database.
	handled map[string]bool
	order   []string
}

func main() {
	webhook, err := standardwebhooks.NewWebhook(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "9000"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s/\n", listener.Addr())
	log.Fatal(http.Serve(listener, &receiver{webhook: webhook, handled: map[string]bool{}}))
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, largest))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil || r.webhook.Verify(body, request.Header) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if err := r.once(request.Header.Get("webhook-id"), body); err != nil {
		log.Print(err)
		w.WriteHeader(http.StatusInternalServerError) // so it comes again
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// once handles the event of a call unless that was done before.
func (r *receiver) once(id string, event []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.handled[id] {
		return nil
	}
	if err := handle(event); err != nil {
		return err
	}
	r.handled[id] = true
	r.order = append(r.order, id)
	if len(r.order) > remember {
		delete(r.handled, r.order[0])
		r.order = r.order[1:]
	}
	return nil
}

func handle(event []byte) error {
	_, err := fmt.Printf("event %s\n", event)
	return err
}
