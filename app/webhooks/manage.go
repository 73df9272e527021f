package webhooks

import (
	"context"
	"slices"
	"strings"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// madePrefix begins the IDs of webhooks that Create made.
const madePrefix = "hook_"

// changeTries is how often a change is tried again after another one was faster.
const changeTries = 5

// read gives the webhooks by ID, and their records.
func (s *Service) read(ctx context.Context) ([]ports.WebhookEntry, map[string]record, error) {
	list, err := s.store.List(ctx, configSpace)
	if err != nil {
		return nil, nil, err
	}
	records := make(map[string]record, len(list))
	entries := make([]ports.WebhookEntry, 0, len(list)+len(s.options.Configured))
	for _, c := range s.options.Configured {
		entries = append(entries, ports.WebhookEntry{Webhook: c.Webhook, ReadOnly: true})
	}
	for _, e := range list {
		var rec record
		if err := decode(e.Value, &rec); err != nil {
			return nil, nil, err
		}
		records[e.Key] = rec
		if rec.Webhook != nil && s.configured(e.Key) == nil {
			entries = append(entries, ports.WebhookEntry{Webhook: rec.Webhook.webhook(e.Key)})
		}
	}
	slices.SortFunc(entries, func(a, b ports.WebhookEntry) int { return strings.Compare(a.ID, b.ID) })
	return entries, records, nil
}

func (s *Service) configured(id string) *Configured {
	for i := range s.options.Configured {
		if s.options.Configured[i].ID == id {
			return &s.options.Configured[i]
		}
	}
	return nil
}

// List implements ports.Webhooks.
func (s *Service) List(ctx context.Context) ([]ports.WebhookEntry, error) {
	entries, _, err := s.read(ctx)
	return entries, err
}

// Get implements ports.Webhooks.
func (s *Service) Get(ctx context.Context, id string) (ports.WebhookEntry, error) {
	entry, _, _, err := s.find(ctx, id)
	return entry, err
}

// find reads one webhook with its record and that one's revision, 0 where there is none.
func (s *Service) find(ctx context.Context, id string) (ports.WebhookEntry, record, uint64, error) {
	var rec record
	if _, err := domain.ParseWebhookID(id); err != nil {
		return ports.WebhookEntry{}, rec, 0, notFound()
	}
	entry, err := s.store.Get(ctx, configSpace, id)
	if err != nil && domain.KindOf(err) != domain.NotFound {
		return ports.WebhookEntry{}, rec, 0, err
	}
	if err == nil {
		if err := decode(entry.Value, &rec); err != nil {
			return ports.WebhookEntry{}, rec, 0, err
		}
	}
	if c := s.configured(id); c != nil {
		return ports.WebhookEntry{Webhook: c.Webhook, ReadOnly: true}, rec, entry.Revision, nil
	}
	if rec.Webhook == nil {
		return ports.WebhookEntry{}, rec, 0, notFound()
	}
	return ports.WebhookEntry{Webhook: rec.Webhook.webhook(id)}, rec, entry.Revision, nil
}

func notFound() error {
	return domain.Errorf(domain.NotFound, "webhooks", "there is no webhook of this ID")
}

// Create implements ports.Webhooks.
func (s *Service) Create(ctx context.Context, w domain.Webhook) (domain.Webhook, error) {
	w = w.WithDefaults()
	w.ID = randomName(madePrefix)
	if len(w.Secrets) == 0 {
		w.Secrets = []domain.WebhookSecret{{Value: newSecret()}}
	}
	if err := w.Check(); err != nil {
		return domain.Webhook{}, err
	}
	kept, err := s.store.List(ctx, configSpace)
	if err != nil {
		return domain.Webhook{}, err
	}
	if len(kept) >= s.options.MaxWebhooks {
		return domain.Webhook{}, domain.Errorf(domain.Conflict, "webhooks", "there may be %d webhooks at the most", s.options.MaxWebhooks)
	}
	last, _, err := s.log.Tail(ctx)
	if err != nil {
		return domain.Webhook{}, err
	}
	rec := record{Webhook: keep(w), Serial: 1, From: last.String(), Replay: 1}
	if _, err := s.store.Put(ctx, configSpace, w.ID, encode(rec), 0); err != nil {
		return domain.Webhook{}, err
	}
	s.tell(ctx)
	return w, nil
}

// Update implements ports.Webhooks.
func (s *Service) Update(ctx context.Context, id string, change func(*domain.Webhook) error) (domain.Webhook, error) {
	var changed domain.Webhook
	err := s.change(ctx, id, func(entry ports.WebhookEntry, rec *record) error {
		w := entry.Webhook
		if err := change(&w); err != nil {
			return err
		}
		w.ID = id
		if changed = w; entry.ReadOnly {
			if string(encode(keep(w))) != string(encode(keep(entry.Webhook))) {
				return readOnly()
			}
			return nil // it is tried again after it was gone
		}
		if err := w.Check(); err != nil {
			return err
		}
		rec.Webhook = keep(w)
		return nil
	})
	return changed, err
}

func readOnly() error {
	return domain.Errorf(domain.Conflict, "webhooks", "this webhook stands in the configuration file and is changed there")
}

// change changes a webhook's record; f may be called again when another change was faster.
func (s *Service) change(ctx context.Context, id string, f func(ports.WebhookEntry, *record) error) error {
	for try := 1; ; try++ {
		entry, rec, revision, err := s.find(ctx, id)
		if err != nil {
			return err
		}
		if err := f(entry, &rec); err != nil {
			return err
		}
		rec.Serial++
		_, err = s.store.Put(ctx, configSpace, id, encode(rec), revision)
		switch {
		case err == nil:
			s.tell(ctx)
			return nil
		case domain.KindOf(err) != domain.Conflict || try == changeTries:
			return err
		}
	}
}

// Delete implements ports.Webhooks.
func (s *Service) Delete(ctx context.Context, id string) error {
	entry, _, _, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if entry.ReadOnly {
		return readOnly()
	}
	if err := s.store.Delete(ctx, configSpace, id); err != nil {
		return err
	}
	s.tell(ctx)
	return nil
}

// Replay implements ports.WebhookDeliveries.
func (s *Service) Replay(ctx context.Context, id string, from domain.Cursor) error {
	if from != domain.Oldest {
		_, last, err := s.log.Bounds(ctx)
		if err != nil {
			return err
		}
		if from.Epoch != last.Epoch || from.Seq > last.Seq {
			return domain.Errorf(domain.Invalid, "webhooks", "from is no position in the event log")
		}
	}
	return s.change(ctx, id, func(_ ports.WebhookEntry, rec *record) error {
		rec.From = from.String()
		rec.Replay++
		return nil
	})
}

// RotateSecret implements ports.WebhookDeliveries.
func (s *Service) RotateSecret(ctx context.Context, id string, keepFor time.Duration) (string, error) {
	secret := newSecret()
	err := s.change(ctx, id, func(entry ports.WebhookEntry, rec *record) error {
		if entry.ReadOnly {
			return readOnly()
		}
		w := entry.Webhook
		secrets := []domain.WebhookSecret{{Value: secret}}
		if len(w.Secrets) > 0 && keepFor > 0 {
			old := w.Secrets[0]
			old.Until = domain.Timestamp(time.Now().Add(keepFor).UnixMilli())
			secrets = append(secrets, old)
		}
		w.Secrets = secrets
		rec.Webhook = keep(w)
		return nil
	})
	return secret, err
}

// Test implements ports.WebhookDeliveries.
func (s *Service) Test(ctx context.Context, id string) (ports.WebhookAttempt, error) {
	entry, err := s.Get(ctx, id)
	if err != nil {
		return ports.WebhookAttempt{}, err
	}
	return s.one(ctx, entry, testEvent(entry.Webhook, time.Now()), randomName("wh_test_"))
}

// one makes one attempt for somebody who waits for its end.
func (s *Service) one(ctx context.Context, entry ports.WebhookEntry, event *domain.Event, delivery string) (ports.WebhookAttempt, error) {
	a, _ := s.attempt(ctx, entry.Webhook, entry.ReadOnly, event, delivery)
	if a.Outcome == "" {
		return ports.WebhookAttempt{}, &domain.Error{Op: "webhooks", Kind: domain.KindOf(ctx.Err()), Err: ctx.Err()}
	}
	s.options.Observer.Attempted(a.Outcome, a.Took, false)
	s.mu.Lock()
	d := s.dispatchers[entry.ID]
	s.mu.Unlock()
	if d != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.attempts.add(a)
	}
	return a, nil
}

// testEvent looks like a message and says what it is.
func testEvent(w domain.Webhook, at time.Time) *domain.Event {
	e := &domain.Event{Kind: domain.KindMessage, Received: domain.Timestamp(at.UnixMilli())}
	if len(w.Accounts) > 0 {
		e.Account = w.Accounts[0]
	}
	type message struct {
		Timestamp int64  `json:"timestamp"`
		Message   string `json:"message"`
	}
	e.Payload = encode(struct {
		Envelope struct {
			Timestamp   int64   `json:"timestamp"`
			DataMessage message `json:"dataMessage"`
		} `json:"envelope"`
		Account domain.Account `json:"account"`
	}{struct {
		Timestamp   int64   `json:"timestamp"`
		DataMessage message `json:"dataMessage"`
	}{at.UnixMilli(), message{at.UnixMilli(), "This is a test of the webhook."}}, e.Account})
	return e
}
