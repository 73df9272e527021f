package process_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
	"heliograph/ports"
)

// collect takes payloads.
type collect struct{ payloads []string }

func (c *collect) receive(payload []byte) error {
	c.payloads = append(c.payloads, string(payload))
	return nil
}

func (c *collect) String() string { return strings.Join(c.payloads, " ") }

func TestPollCommandLine(t *testing.T) {
	program, dir := script(t, `echo "$@" > $DIR/argv`)
	carrier := newCarrier(t, process.Options{Command: program, ConfigDir: "/data"})
	const base = "--config=/data --output=json --account=+15550100001 receive --timeout="
	for name, c := range map[string]struct {
		options ports.PollOptions
		want    string
	}{
		"none":      {ports.PollOptions{}, "1"},
		"timeout":   {ports.PollOptions{Timeout: 5 * time.Second}, "5"},
		"short":     {ports.PollOptions{Timeout: time.Millisecond}, "1"},
		"fraction":  {ports.PollOptions{Timeout: 1500 * time.Millisecond}, "1.5"},
		"no end":    {ports.PollOptions{Timeout: -time.Hour}, "-1"},
		"long":      {ports.PollOptions{Timeout: 60 * time.Second}, "60"},
		"too long":  {ports.PollOptions{Timeout: time.Hour}, "60"},
		"all":       {ports.PollOptions{Timeout: 2 * time.Second, MaxMessages: 1, IgnoreAttachments: true, IgnoreStories: true, IgnoreAvatars: true, IgnoreStickers: true, SendReadReceipts: true}, "2 --max-messages=1 --ignore-attachments --ignore-stories --ignore-avatars --ignore-stickers --send-read-receipts"},
		"max below": {ports.PollOptions{MaxMessages: -2}, "1"},
	} {
		if err := carrier.Poll(t.Context(), alice, c.options, (&collect{}).receive); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := content(t, filepath.Join(dir, "argv")); got != base+c.want {
			t.Errorf("%s: argv %q, want %q", name, got, base+c.want)
		}
	}
}

func TestPollOutcomes(t *testing.T) {
	const two = `echo '{"envelope":{"n":1}}'; echo '{"envelope":{"n":2}}'; `
	for name, c := range map[string]struct {
		script  string
		timeout time.Duration
		want    string
		ok      bool
		kind    domain.Kind
	}{
		"two messages":         {script: two, want: `{"envelope":{"n":1}} {"envelope":{"n":2}}`, ok: true},
		"none":                 {script: ``, ok: true},
		"text between":         {script: `echo 'Envelope from: unknown'; ` + two + `printf '{"cut'`, want: `{"envelope":{"n":1}} {"envelope":{"n":2}}`, ok: true},
		"text on stderr":       {script: `echo 'oh no' >&2; ` + two, want: `{"envelope":{"n":1}} {"envelope":{"n":2}}`, ok: true},
		"last one without end": {script: `printf '{"envelope":{"n":1}}'`, want: `{"envelope":{"n":1}}`, ok: true},
		"io error":             {script: two + `echo 'Failed: timeout (SocketTimeoutException)' >&2; exit 3`, want: `{"envelope":{"n":1}} {"envelope":{"n":2}}`, kind: domain.Backend},
		"rate limit":           {script: `echo 'slow down' >&2; exit 5`, kind: domain.RateLimited},
		"no such account":      {script: `echo 'User +15550100001 is not registered.' >&2; exit 1`, kind: domain.UnknownAccount},
		"one too long":         {script: `head -c 9000 /dev/zero | tr '\0' x; echo; ` + two, want: `{"envelope":{"n":1}} {"envelope":{"n":2}}`, kind: domain.TooLarge},
		"hangs":                {script: `trap 'exit 0' TERM; while :; do sleep 0.02; done`, kind: domain.Backend, ok: true, timeout: -1},
		"hangs silently":       {script: `exec sleep 60`, kind: domain.Timeout},
		"goes on and on":       {script: `trap 'exit 0' TERM; ` + two + `while :; do sleep 0.02; done`, want: `{"envelope":{"n":1}} {"envelope":{"n":2}}`, ok: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program, _ := script(t, c.script)
			carrier := newCarrier(t, process.Options{Command: program, MaxOutput: 4096, Timeout: 500 * time.Millisecond})
			var got collect
			err := carrier.Poll(t.Context(), alice, ports.PollOptions{Timeout: c.timeout}, got.receive)
			if got.String() != c.want {
				t.Errorf("payloads %q, want %q", got.String(), c.want)
			}
			if c.ok && err != nil {
				t.Errorf("error %v", err)
			} else if !c.ok {
				wantKind(t, err, c.kind)
			}
		})
	}
}

// A payload is handed over when it is printed, not when the process ends.
func TestPollHandsOverAtOnce(t *testing.T) {
	program, dir := script(t, `echo '{"envelope":{}}'; while [ ! -e $DIR/go ]; do sleep 0.02; done`)
	carrier := newCarrier(t, process.Options{Command: program})
	err := carrier.Poll(t.Context(), alice, ports.PollOptions{}, func([]byte) error {
		return os.WriteFile(filepath.Join(dir, "go"), nil, 0o600)
	})
	if err != nil {
		t.Error(err)
	}
}

// What was printed before the context ended is acknowledged at Signal, so it is handed over.
func TestPollKeepsWhatWasPrinted(t *testing.T) {
	program, dir := script(t, `echo $$ > $DIR/pid; trap 'echo "{\"last\":1}"; exit 0' TERM; echo '{"first":1}'; while :; do sleep 0.02; done`)
	carrier := newCarrier(t, process.Options{Command: program})
	ctx, cancel := context.WithCancel(t.Context())
	var got collect
	err := carrier.Poll(ctx, alice, ports.PollOptions{}, func(payload []byte) error {
		cancel()
		return got.receive(payload)
	})
	wantKind(t, err, domain.Canceled)
	if got.String() != `{"first":1} {"last":1}` {
		t.Errorf("payloads %q", got.String())
	}
	gone(t, filepath.Join(dir, "pid"))
}

func TestPollEndsWhenTheReceiverFails(t *testing.T) {
	program, _ := script(t, `while :; do echo '{"envelope":{}}'; done`)
	carrier := newCarrier(t, process.Options{Command: program})
	broken := errors.New("broken")
	n := 0
	err := carrier.Poll(t.Context(), alice, ports.PollOptions{}, func([]byte) error {
		if n++; n == 3 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || n != 3 {
		t.Errorf("error %v after %d payloads", err, n)
	}
}

// Sends that wait go before a poll that waits.
func TestSendsGoBeforePolls(t *testing.T) {
	program, dir := script(t, `for a; do case $a in listContacts|send|receive) echo $a >> $DIR/order;; esac; done
while [ ! -e $DIR/go ]; do sleep 0.02; done`)
	carrier := newCarrier(t, process.Options{Command: program})
	first := begin(carrier, t.Context(), read(alice))
	content(t, filepath.Join(dir, "order"))
	polled := make(chan error, 1)
	go func() { polled <- carrier.Poll(t.Context(), alice, ports.PollOptions{}, (&collect{}).receive) }()
	time.Sleep(20 * time.Millisecond) // whichever comes first, the order is the same
	second := begin(carrier, t.Context(), send(alice, "hello"))
	time.Sleep(20 * time.Millisecond)
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, first)
	await(t, second)
	if err := <-polled; err != nil {
		t.Error(err)
	}
	if order, _ := os.ReadFile(filepath.Join(dir, "order")); string(order) != "listContacts\nsend\nreceive\n" {
		t.Errorf("order %q", order)
	}
}

// A call does not wait for a long poll: that ends, and what it printed is handed over.
func TestAPollYieldsToACall(t *testing.T) {
	const polled = `case "$*" in *receive*)
trap 'echo "{\"last\":1}"; exit 0' TERM; echo '{"first":1}'; echo ready > $DIR/ready; while :; do sleep 0.02; done;;
*) echo '{}';; esac`
	for name, call := range map[string]signalcli.Call{
		"send": send(alice, "hello"), "read": read(alice), "all accounts": {Method: "listAccounts"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program, dir := script(t, polled)
			carrier := newCarrier(t, process.Options{Command: program, PollShare: time.Millisecond})
			var got collect
			done := make(chan error, 1)
			go func() { done <- carrier.Poll(t.Context(), alice, ports.PollOptions{Timeout: -1}, got.receive) }()
			content(t, filepath.Join(dir, "ready"))
			if a := await(t, begin(carrier, t.Context(), call)); a.err != nil {
				t.Error(a.err)
			}
			if err := <-done; err != nil {
				t.Errorf("the poll: %v", err)
			}
			if got.String() != `{"first":1} {"last":1}` {
				t.Errorf("payloads %q", got.String())
			}
		})
	}
}

// A poll has its share of time, though calls wait: else nothing would come in where much goes out.
func TestAPollHasItsShare(t *testing.T) {
	program, dir := script(t, `case "$*" in *receive*) echo ready > $DIR/ready; while [ ! -e $DIR/go ]; do sleep 0.02; done; echo '{"last":1}';;
*) echo '{}';; esac`)
	carrier := newCarrier(t, process.Options{Command: program, PollShare: time.Hour})
	var got collect
	done := make(chan error, 1)
	go func() { done <- carrier.Poll(t.Context(), alice, ports.PollOptions{}, got.receive) }()
	content(t, filepath.Join(dir, "ready"))
	sent := begin(carrier, t.Context(), send(alice, "hello"))
	time.Sleep(50 * time.Millisecond) // whichever comes first, the outcome is the same
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if a := await(t, sent); a.err != nil {
		t.Error(a.err)
	}
	if err := <-done; err != nil || got.String() != `{"last":1}` {
		t.Errorf("payloads %q, %v", got.String(), err)
	}
}
