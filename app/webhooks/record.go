package webhooks

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"strings"
	"time"

	"heliograph/domain"
)

// Spaces of the KeyValue.
const (
	configSpace = "webhooks"
	stateSpace  = "webhookstates"
	deadSpace   = "webhookdeadletters"
	leaseSpace  = "webhookleases"
)

// record is what is kept of a webhook's configuration; one of the configuration file has a record only once something was asked for it.
type record struct {
	Webhook *kept `json:"webhook,omitempty"`
	// Serial tells changes apart: a receiver that was gone is called again after one.
	Serial int64 `json:"serial"`
	// From is where to go to, once for each Replay.
	From   string `json:"from,omitempty"`
	Replay int64  `json:"replay,omitempty"`
}

// kept is a domain.Webhook in the form in which it is kept. Times are in milliseconds.
type kept struct {
	Name        string             `json:"name,omitempty"`
	URL         string             `json:"url"`
	Accounts    []domain.Account   `json:"accounts,omitempty"`
	Kinds       []domain.EventKind `json:"kinds,omitempty"`
	Senders     []string           `json:"senders,omitempty"`
	Groups      []string           `json:"groups,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Secrets     []keptSecret       `json:"secrets,omitempty"`
	Headers     map[string]string  `json:"headers,omitempty"`
	Body        domain.WebhookBody `json:"body"`
	Concurrency int                `json:"concurrency"`
	Timeout     int64              `json:"timeout"`
	GiveUpAfter int64              `json:"give_up_after"`
	MaxPause    int64              `json:"max_pause"`
	DropRefused bool               `json:"drop_refused,omitempty"`
	Enabled     bool               `json:"enabled"`
}

type keptSecret struct {
	Value string `json:"value"`
	Until int64  `json:"until,omitempty"`
}

func keep(w domain.Webhook) *kept {
	k := &kept{
		Name: w.Name, URL: w.URL, Accounts: w.Accounts, Kinds: w.Kinds, Senders: w.Senders, Pattern: w.Pattern, Headers: w.Headers,
		Body: w.Body, Concurrency: w.Concurrency, Timeout: w.Timeout.Milliseconds(), GiveUpAfter: w.Retry.GiveUpAfter.Milliseconds(),
		MaxPause: w.Retry.MaxPause.Milliseconds(), DropRefused: w.Retry.DropRefused, Enabled: w.Enabled,
	}
	for _, g := range w.Groups {
		k.Groups = append(k.Groups, g.String())
	}
	for _, s := range w.Secrets {
		k.Secrets = append(k.Secrets, keptSecret{s.Value, int64(s.Until)})
	}
	return k
}

func (k *kept) webhook(id string) domain.Webhook {
	const ms = time.Millisecond
	w := domain.Webhook{
		ID: id, Name: k.Name, URL: k.URL, Accounts: k.Accounts, Kinds: k.Kinds, Senders: k.Senders, Pattern: k.Pattern, Headers: k.Headers,
		Body: k.Body, Concurrency: k.Concurrency, Timeout: time.Duration(k.Timeout) * ms,
		Retry:   domain.WebhookRetry{GiveUpAfter: time.Duration(k.GiveUpAfter) * ms, MaxPause: time.Duration(k.MaxPause) * ms, DropRefused: k.DropRefused},
		Enabled: k.Enabled,
	}
	for _, text := range k.Groups {
		if g, err := domain.ParseGroupID(text); err == nil {
			w.Groups = append(w.Groups, g)
		}
	}
	for _, s := range k.Secrets {
		w.Secrets = append(w.Secrets, domain.WebhookSecret{Value: s.Value, Until: domain.Timestamp(s.Until)})
	}
	return w
}

// state is what is kept of where a webhook stands. Times are in milliseconds since 1970.
type state struct {
	// Cursor is the position up to which everything was dealt with, but for the lanes.
	Cursor string      `json:"cursor"`
	Lanes  []laneState `json:"lanes,omitempty"`
	// Gone is the serial of the configuration to which the receiver said 410; 0 for none.
	Gone int64 `json:"gone,omitempty"`
	// Replayed is the last replay that was carried out.
	Replayed int64 `json:"replayed,omitempty"`
	facts
}

// laneState is a lane with a position of its own.
type laneState struct {
	Account  domain.Account `json:"account,omitempty"`
	Group    string         `json:"group,omitempty"`
	Source   string         `json:"source,omitempty"`
	Done     string         `json:"done"`
	Waiting  bool           `json:"waiting,omitempty"`
	Attempts int            `json:"attempts,omitempty"`
	Fails    int            `json:"fails,omitempty"`
	Since    int64          `json:"since,omitempty"`
	Next     int64          `json:"next,omitempty"`
	Received int64          `json:"received,omitempty"`
}

// facts are told to people.
type facts struct {
	LastSuccess int64  `json:"last_success,omitempty"`
	LastFailure int64  `json:"last_failure,omitempty"`
	LastError   string `json:"last_error,omitempty"`
	LostRanges  int    `json:"lost_ranges,omitempty"`
	LostAfter   string `json:"lost_after,omitempty"`
	LostNext    string `json:"lost_next,omitempty"`
}

// deadLetter is what is kept of one.
type deadLetter struct {
	Event    string           `json:"event"`
	Account  domain.Account   `json:"account,omitempty"`
	Kind     domain.EventKind `json:"kind"`
	Received int64            `json:"received"`
	At       int64            `json:"at"`
	Attempts int              `json:"attempts"`
	Error    string           `json:"error"`
}

// encode is the JSON of one of the types above, which cannot fail to be encoded.
func encode(v any) []byte {
	encoded, _ := json.Marshal(v)
	return encoded
}

func decode(content []byte, into any) error {
	if err := json.Unmarshal(content, into); err != nil {
		return &domain.Error{Op: "webhooks", Kind: domain.Internal, Detail: "what is kept of a webhook cannot be read", Err: err}
	}
	return nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// cursorOf reads what was kept; what cannot be read is the oldest, so that nothing is left out.
func cursorOf(text string) domain.Cursor {
	c, err := domain.ParseCursor(text)
	if err != nil {
		return domain.Oldest
	}
	return c
}

// randomName is prefix and 16 characters by chance.
func randomName(prefix string) string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefix + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// newSecret makes a secret by the Standard Webhooks scheme.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return domain.FormatWebhookSecret(b[:])
}
