package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/httpapi"
	"heliograph/adapters/spool"
	"heliograph/domain"
	"heliograph/ports"
)

// core is the driving ports as a test wants them: each call is answered by a function, and sends are remembered.
type core struct {
	mu       sync.Mutex
	drafts   []ports.Draft
	contents []string // of the attachments of all drafts
	send     func(ports.Draft) (domain.SendResult, error)
	wait     time.Duration // before Send answers
	posts    []domain.Outgoing
	post     func(domain.Account, domain.Outgoing) (domain.SendResult, error)
	drain    func(domain.Account, ports.DrainOptions) ([]*domain.Event, error)
	options  []ports.DrainOptions
	drained  int   // drains whose answer was taken
	drainEnd error // of a drain whose answer was taken
	accounts accountManager
	nouns    nouns
	files    files
	problems []string
	report   ports.HealthReport // without problems
	stream   func(ports.Reader) (ports.Stream, error)
	events   eventsFake
}

func (c *core) Send(ctx context.Context, d ports.Draft) (domain.SendResult, error) {
	select {
	case <-time.After(c.wait):
	case <-ctx.Done():
		return domain.SendResult{}, ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drafts = append(c.drafts, d)
	for _, a := range d.Attachments {
		content, err := os.ReadFile(a.Path)
		if err != nil {
			return domain.SendResult{}, err
		}
		c.contents = append(c.contents, string(content))
	}
	if c.send == nil {
		return domain.SendResult{Timestamp: 1700000000123}, nil
	}
	return c.send(d)
}

func (c *core) Post(_ context.Context, from domain.Account, out domain.Outgoing) (domain.SendResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.posts = append(c.posts, out)
	if c.post == nil {
		return domain.SendResult{Timestamp: 1700000000123}, nil
	}
	return c.post(from, out)
}

func (c *core) Drain(_ context.Context, a domain.Account, o ports.DrainOptions, give func([]*domain.Event) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.options = append(c.options, o)
	var events []*domain.Event
	if c.drain != nil {
		var err error
		if events, err = c.drain(a, o); err != nil {
			return err
		}
	}
	err := give(events)
	if err == nil {
		c.drained++
		err = c.drainEnd
	}
	return err
}

func (c *core) Check(context.Context) ports.HealthReport {
	report := c.report
	report.Problems = c.problems
	return report
}

func (c *core) Subscribe(_ context.Context, r ports.Reader) (ports.Stream, error) {
	if c.stream == nil {
		return nil, domain.Errorf(domain.Unavailable, "", "no stream")
	}
	return c.stream(r)
}

// eventsFake is the Events as a test wants them; what is asked is remembered.
type eventsFake struct {
	page     ports.Page
	past     ports.Past
	readers  []ports.ReaderState
	err      error
	asked    []ports.Reader
	limits   []int
	timeouts []time.Duration
	untils   []domain.Cursor
	deleted  []any
}

func (e *eventsFake) Poll(_ context.Context, r ports.Reader, limit int, timeout time.Duration) (ports.Page, error) {
	e.asked, e.limits, e.timeouts = append(e.asked, r), append(e.limits, limit), append(e.timeouts, timeout)
	return e.page, e.err
}

func (e *eventsFake) History(_ context.Context, f domain.Filter, until domain.Cursor, limit int) (ports.Past, error) {
	e.asked, e.limits, e.untils = append(e.asked, ports.Reader{Filter: f}), append(e.limits, limit), append(e.untils, until)
	return e.past, e.err
}

func (e *eventsFake) Forget(_ context.Context, a domain.Account) error {
	e.deleted = append(e.deleted, a)
	return e.err
}

func (e *eventsFake) ListReaders(context.Context) ([]ports.ReaderState, error) {
	return e.readers, e.err
}

func (e *eventsFake) DeleteReader(_ context.Context, n domain.ReaderName) error {
	e.deleted = append(e.deleted, n)
	return e.err
}

// accountManager answers every call with err and remembers it.
type accountManager struct {
	list  []domain.Account
	uri   string
	err   error
	calls []any
}

func (a *accountManager) List(context.Context) ([]domain.Account, error) { return a.list, a.err }
func (a *accountManager) Register(_ context.Context, n domain.Account, o ports.RegisterOptions) error {
	a.calls = append(a.calls, n, o)
	return a.err
}
func (a *accountManager) Verify(_ context.Context, n domain.Account, code, pin string) error {
	a.calls = append(a.calls, n, code, pin)
	return a.err
}
func (a *accountManager) Unregister(_ context.Context, n domain.Account, o ports.UnregisterOptions) error {
	a.calls = append(a.calls, n, o)
	return a.err
}
func (a *accountManager) DeleteLocalData(_ context.Context, n domain.Account, ignoreRegistered bool) error {
	a.calls = append(a.calls, n, ignoreRegistered)
	return a.err
}
func (a *accountManager) Link(_ context.Context, name string) (string, error) {
	a.calls = append(a.calls, name)
	return a.uri, a.err
}

// failing is Attachments that fails with err.
type failing struct{ err error }

func (f failing) List(context.Context) ([]string, error) { return nil, f.err }
func (f failing) Open(context.Context, string) (ports.Attachment, error) {
	return ports.Attachment{}, f.err
}
func (f failing) Delete(context.Context, string) error { return f.err }

// files are attachments by ID.
type files map[string]string

func (f files) List(context.Context) ([]string, error) {
	var ids []string
	for id := range f {
		ids = append(ids, id)
	}
	return ids, nil
}

func (f files) Open(_ context.Context, id string) (ports.Attachment, error) {
	content, ok := f[id]
	if !ok {
		return ports.Attachment{}, domain.Errorf(domain.NotFound, "", "no attachment with that name found")
	}
	return ports.Attachment{Content: nopCloser{strings.NewReader(content)}, ContentType: "image/png", Size: int64(len(content)), ModTime: time.Unix(1700000000, 0)}, nil
}

func (f files) Delete(_ context.Context, id string) error {
	if _, ok := f[id]; !ok {
		return domain.Errorf(domain.NotFound, "", "no attachment with that name found")
	}
	delete(f, id)
	return nil
}

type nopCloser struct{ *strings.Reader }

func (nopCloser) Close() error { return nil }

// newHandler is the whole API on c. Panics go through.
func newHandler(t testing.TB, c *core, o httpapi.Options) (handler http.Handler, spoolFolder string) {
	t.Helper()
	folder := t.TempDir()
	s, err := spool.New(folder, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o.LetPanicsThrough = true
	u, err := spool.NewUploads(filepath.Join(t.TempDir(), "uploads"), spool.UploadsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := httpapi.Ports{Messaging: c, Receiving: c, Subscription: c, Events: &c.events, Accounts: &c.accounts, Attachments: c.files, Health: c, Spool: s, Uploads: u}
	c.nouns.into(&p)
	return httpapi.New(p, o), folder
}

// discard is a Messaging that looks at the size of the attachments only.
type discard struct {
	core
	size int64
}

func (d *discard) Send(_ context.Context, draft ports.Draft) (domain.SendResult, error) {
	for _, a := range draft.Attachments {
		d.size += a.Size
	}
	return domain.SendResult{Timestamp: 1700000000123}, nil
}

// newHandlerFor is newHandler with another Messaging.
func newHandlerFor(t testing.TB, m *discard) (handler http.Handler, spoolFolder string) {
	t.Helper()
	folder := t.TempDir()
	s, err := spool.New(folder, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return httpapi.New(httpapi.Ports{Messaging: m, Receiving: m, Subscription: m, Accounts: &m.accounts, Attachments: m.files, Health: m, Spool: s}, httpapi.Options{}), folder
}

func serveOne(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// call makes one request and gives the answer; headers are names and values in turn.
func call(t testing.TB, h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:8080"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// empty fails when something was left in the spool.
func empty(t testing.TB, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 0 {
		t.Errorf("left behind in the spool: %v", entries)
	}
}
