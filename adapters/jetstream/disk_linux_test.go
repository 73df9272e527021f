package jetstream_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
