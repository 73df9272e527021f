package jetstream_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/smalldisk"
)

func TestNothingIsBegunOnADiskThatIsNearlyFull(t *testing.T) {
	dir := smalldisk.Child(t, 64<<20)
	if dir == "" {
		return
	}
	s := open(t, jetstream.Options{Dir: filepath.Join(dir, "store")})
	kv, contents := values(t, s), blobs(t, s, jetstream.BlobsOptions{})
	put(t, kv, "a", "one")
	empty := smalldisk.Fill(t, dir, 3<<20) // a sixteenth is 4 MiB
	for what, err := range map[string]error{
		"room": s.Room(), "blobs": contents.Put(bounded(t), "a", []byte("x")),
		"values": func() error { _, err := kv.Put(bounded(t), "tests", "a", nil, ports.AnyRevision); return err }(),
	} {
		if domain.KindOf(err) != domain.Unavailable || domain.DetailOf(err) != "the disk is full" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if s.Writable() {
		t.Error("it says that it can be written")
	}
	want(t, kv, "a", "one")
	empty()
	put(t, kv, "a", "two")
	if !s.Writable() {
		t.Error("it says that it cannot be written")
	}
}

// The server meets the end of the disk: it keeps nothing from then on, and must be started again once there is room.
func TestFullDiskLosesNothingAndMends(t *testing.T) {
	dir := smalldisk.Child(t, 32<<20)
	if dir == "" {
		return
	}
	o := jetstream.WithoutReserve(jetstream.Options{Dir: filepath.Join(dir, "store")})
	s := open(t, o)
	kv := values(t, s)
	run(t, s)
	empty := smalldisk.Fill(t, dir, 1<<20)

	// Until it fails, and some while after.
	w := writer{kv: kv, kept: map[string]string{}}
	for deadline := time.Now().Add(hang); w.failed == 0; {
		if w.write(t); time.Now().After(deadline) {
			t.Fatal("the disk never was full")
		}
	}
	for range 3 {
		w.write(t)
	}
	if len(w.kept) == 0 || w.failed != 4 {
		t.Fatalf("%d were kept and %d failed", len(w.kept), w.failed)
	}
	eventually(t, func() bool { return !s.Writable() })
	w.check(t, kv) // reading goes on
	empty()
	eventually(t, s.Writable)
	kept := len(w.kept)
	for w.write(t); len(w.kept) == kept; w.write(t) {
		if w.failed > 100 {
			t.Fatal("it does not mend")
		}
	}
	w.check(t, kv)
}

// A gateway that is started while the disk is full can be read, and damages nothing.
func TestStartOnAFullDisk(t *testing.T) {
	dir := smalldisk.Child(t, 32<<20)
	if dir == "" {
		return
	}
	o := jetstream.WithoutReserve(jetstream.Options{Dir: filepath.Join(dir, "store")})
	var want []string
	for life := range 3 {
		s := open(t, o)
		values(t, s)
		log := openLog(t, s, jetstream.LogOptions{})
		for range 200 {
			e := message(alice, len(want))
			add(t, log, e)
			want = append(want, string(e.Payload))
		}
		s.Close()
		empty := smalldisk.Fill(t, dir, 4<<10*life)
		for range 2 {
			s := open(t, o)
			values(t, s)
			log := openLog(t, s, jetstream.LogOptions{})
			if got := payloads(t, log, domain.Filter{}, domain.Oldest); len(got) != len(want) {
				t.Errorf("%d events of %d are read", len(got), len(want))
			}
			log.Close()
			s.Close()
		}
		empty()
	}
	if diff := cmp.Diff(want, payloads(t, openLog(t, open(t, o), jetstream.LogOptions{}), domain.Filter{}, domain.Oldest)); diff != "" {
		t.Errorf("%.2000s", diff)
	}
}

// One account's events are appended as receiving does it: each again until the log has answered. The disk fills up and is free again
// several times meanwhile.
func TestFullDiskKeepsTheOrderOfTheLog(t *testing.T) {
	dir := smalldisk.Child(t, 32<<20)
	if dir == "" {
		return
	}
	o := jetstream.WithoutReserve(jetstream.Options{Dir: filepath.Join(dir, "store"), Key: key})
	s := open(t, o)
	log := openLog(t, s, jetstream.LogOptions{})
	run(t, s)
	const batch = 10
	var want []string
	appendSome := func() (failed int) {
		events := make([]*domain.Event, batch)
		for i := range events {
			events[i] = message(alice, len(want))
			events[i].Payload = fmt.Appendf(nil, `{"n":%d,"padding":"%s"}`, len(want), strings.Repeat("x", 5000))
			want = append(want, string(events[i].Payload))
		}
		for deadline := time.Now().Add(hang); ; failed++ {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // no answer comes when the disk is full
			err := log.Append(ctx, events)
			cancel()
			if err == nil {
				return failed
			}
			if kind := domain.KindOf(err); kind != domain.Unavailable && kind != domain.OutcomeUnknown && kind != domain.Timeout || time.Now().After(deadline) {
				t.Fatal(err)
			}
		}
	}
	for range 3 {
		empty := smalldisk.Fill(t, dir, 1<<20)
		freed := time.AfterFunc(time.Second, empty)
		for appendSome() == 0 {
		}
		if freed.Stop() {
			t.Fatal("it went on with a full disk")
		}
		appendSome()
	}
	var got []string
	eventually(t, func() bool {
		got = payloads(t, log, domain.Filter{}, domain.Oldest)
		return len(got) >= len(want)
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%d events were appended, %d are there: %.2000s", len(want), len(got), diff)
	}
	s.Close()
	again := payloads(t, openLog(t, open(t, o), jetstream.LogOptions{}), domain.Filter{}, domain.Oldest)
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("after a restart %d are there: %.2000s", len(again), diff)
	}
}

// writer writes one value after the other.
type writer struct {
	kv     ports.KeyValue
	kept   map[string]string // what was acknowledged
	last   uint64            // revision of the newest
	number int
	failed int
}

func (w *writer) write(t *testing.T) {
	t.Helper()
	w.number++
	key, value := fmt.Sprint("key ", w.number), strings.Repeat(fmt.Sprint(w.number, " "), 2000)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // no answer comes when the disk is full
	defer cancel()
	revision, err := w.kv.Put(ctx, "tests", key, []byte(value), ports.AnyRevision)
	switch kind := domain.KindOf(err); {
	case err == nil && revision > w.last:
		w.kept[key], w.last = value, revision
	case err == nil:
		t.Errorf("revision %d comes after %d", revision, w.last)
	case kind == domain.Unavailable || kind == domain.OutcomeUnknown:
		w.failed++
	default:
		t.Fatal(err)
	}
}

// check sees that all that was acknowledged is there.
func (w *writer) check(t *testing.T, kv ports.KeyValue) {
	t.Helper()
	for key, value := range w.kept {
		want(t, kv, key, value)
	}
}
