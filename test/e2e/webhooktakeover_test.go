package e2e_test

import (
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"

	"heliograph/test/natsserver"
)

// Of two gateways on one NATS one calls the webhooks, also those that were made at the other. When it is killed the other goes on.
func TestWebhooksOfTwoGateways(t *testing.T) {
	const accounts, messages = 2, 48
	hook := newCountingHook(t)
	n := startNetwork(t, accounts)
	witness := &follower{name: "witness", got: make([]int, accounts)}
	nats := natsserver.Start(t, natsserver.Options{})
	start := func() gateway {
		g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+n.address, "HELIOGRAPH_DATA_DIR="+t.TempDir(), "HELIOGRAPH_NATS_URL="+nats.URL(),
			"HELIOGRAPH_WEBHOOKS_ALLOW_PRIVATE=127.0.0.0/8")
		awaitHealthy(t, g)
		return g
	}
	first := start()
	second := start()
	if status, answer := second.call(t, http.MethodPost, "/v1/webhooks", fmt.Sprintf(`{"url":%q,"kinds":["message"]}`, hook.url)); status != http.StatusCreated {
		t.Fatalf("%d %s", status, answer)
	}
	arrived := func() {
		t.Helper()
		for ctx := within(t); hook.messages() < sum(n.injected); pause() {
			if ctx.Err() != nil {
				t.Fatalf("the webhook has %d of %d messages", hook.messages(), sum(n.injected))
			}
		}
	}
	for range 24 { // for so long that each gateway has seen the lease, and what was made, more than once
		n.inject(messages / 24)
		time.Sleep(500 * time.Millisecond)
	}
	arrived()
	hook.mu.Lock()
	if hook.calls != sum(n.injected) {
		t.Errorf("%d calls for %d messages: both gateways call", hook.calls, sum(n.injected))
	}
	hook.mu.Unlock()
	n.inject(messages)
	n.readUntil(t, witness, second) // so all are stored
	first.signal(syscall.SIGKILL)
	<-first.ended
	n.inject(messages)
	arrived()
}
