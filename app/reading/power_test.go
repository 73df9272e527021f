package reading_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"heliograph/adapters/jetstream"
	"heliograph/adapters/memkv"
	"heliograph/app/reading"
	"heliograph/domain"
	"heliograph/ports"
)

// powered is a Service on a folder, until the end of the test or until off.
type powered struct {
	*reading.Service
	log *jetstream.Log
	off func()
}

func powerOn(t *testing.T, dir string, values ports.KeyValue) powered {
	t.Helper()
	store, err := jetstream.Open(t.Context(), jetstream.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	log, err := store.Log(t.Context(), jetstream.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	h, stop := startHub(t, log)
	off := func() { stop(); log.Close(); store.Close() }
	t.Cleanup(off)
	return powered{reading.New(h, log, values, reading.Options{}), log, off}
}

func (p powered) add(t *testing.T, first, last int) {
	t.Helper()
	for n := first; n <= last; n++ {
		if err := p.log.Append(t.Context(), []*domain.Event{event(alice, n)}); err != nil {
			t.Fatal(err)
		}
	}
}

// take opens a named reader, gets as many events, which are numbered from first on, and acknowledges the last.
func (p powered) take(t *testing.T, name string, first, count int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	s, err := p.Subscribe(ctx, ports.Reader{Remember: name, From: domain.Oldest})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	var got []*domain.Event
	for len(got) < count {
		into := make([]*domain.Event, count-len(got))
		n, err := s.Next(ctx, into)
		if err != nil {
			t.Fatalf("%s has got %d events: %v", name, len(got), err)
		}
		got = append(got, into[:n]...)
	}
	want := make([]int, count)
	for i := range want {
		want[i] = first + i
	}
	wantNumbers(t, got, want...)
	if err := s.Ack(ctx, got[count-1].Cursor); err != nil {
		t.Fatal(name, err)
	}
}

// The power's end takes events that a named reader has acknowledged. It gets all that comes afterwards, live and from its place, and another one
// goes on where it was; neither is told of a reset.
func TestNamedReadersGoOnAfterAPowerCut(t *testing.T) {
	dir, left, values := t.TempDir(), filepath.Join(t.TempDir(), "left"), memkv.New()
	p := powerOn(t, dir, values)
	p.add(t, 1, 50)
	p.take(t, "behind", 1, 40)
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "boot"), []byte(`{"boot":"another"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p.add(t, 51, 100)
	p.take(t, "ahead", 1, 100)
	p.off()

	p = powerOn(t, left, values)
	p.add(t, 51, 80) // other events, which are numbered again
	p.take(t, "ahead", 51, 20)
	p.take(t, "behind", 41, 40)
	p.add(t, 81, 110)
	p.take(t, "ahead", 71, 40)
	p.take(t, "behind", 81, 30)
}
