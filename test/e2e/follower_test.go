package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// follower reads everything, in pages that acknowledge the one before, and checks that each account's messages come in order.
type follower struct {
	name  string
	got   []int // of each account
	after string
	last  []string // cursors of the last page
	lost  error
}

// eventsPage is an answer of GET /v1/events.
type eventsPage struct {
	Events []storedEvent
	Next   string
	Gap    *gapNotice
	Reset  bool
}

// page asks for one page of events; who kills the gateway meanwhile gets an error.
func (g gateway) page(ctx context.Context, query url.Values) (eventsPage, error) {
	var page eventsPage
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, g.url+"/v1/events?"+query.Encode(), nil)
	if err != nil {
		return page, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return page, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return page, fmt.Errorf("status %d", response.StatusCode)
	}
	return page, json.NewDecoder(response.Body).Decode(&page)
}

// poll reads one page and says how many events it had; what it finds wrong is in lost.
func (f *follower) poll(ctx context.Context, g gateway, timeout time.Duration) int {
	query := url.Values{"reader": {f.name}, "limit": {"500"}, "timeout": {fmt.Sprint(int(timeout.Seconds()))}, "kind": {"message"}}
	begin := f.after == ""
	if !begin {
		query.Set("after", f.after)
	} else if sum(f.got) == 0 && len(f.last) == 0 {
		query.Set("after", "oldest")
	}
	page, err := g.page(ctx, query)
	if err != nil {
		return 0 // killed, or not yet there
	}
	if page.Gap != nil || page.Reset {
		f.lost = fmt.Errorf("reader %s was told of a gap %v or reset %v", f.name, page.Gap, page.Reset)
		return 0
	}
	again := map[string]bool{}
	if begin {
		for _, cursor := range f.last {
			again[cursor] = true // that page was not acknowledged
		}
	}
	f.last = f.last[:0]
	for _, event := range page.Events {
		f.last = append(f.last, event.Cursor)
		var account, n int
		if _, err := fmt.Sscanf(event.Account, "+155501001%02d", &account); err != nil {
			f.lost = err
			return 0
		}
		if _, err := fmt.Sscanf(event.Payload.text(), "n=%d", &n); err != nil {
			f.lost = err
			return 0
		}
		switch {
		case n == f.got[account]:
			f.got[account]++
		case n < f.got[account] && again[event.Cursor]:
		default:
			f.lost = fmt.Errorf("reader %s: message %d of account %d comes after %d", f.name, n, account, f.got[account]-1)
			return 0
		}
	}
	f.after = page.Next
	return len(page.Events)
}
