package jetstream_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
)

func TestOldestBlobsGoFirst(t *testing.T) {
	b := blobs(t, open(t, jetstream.Options{Dir: t.TempDir()}), jetstream.BlobsOptions{MaxBytes: 8 << 20})
	content := bytes.Repeat([]byte("x"), 2<<20)
	for n := range 6 {
		if err := b.Put(bounded(t), fmt.Sprint(n), content); err != nil {
			t.Fatal(n, err)
		}
	}
	for n := range 6 {
		got, err := b.Get(bounded(t), fmt.Sprint(n))
		if n >= 3 && !bytes.Equal(got, content) || n < 3 && (err == nil || domain.KindOf(err) != domain.NotFound) {
			t.Errorf("%d: %d bytes, %v", n, len(got), err)
		}
	}
}

func TestBlobThatNeverFitsIsTooLarge(t *testing.T) {
	b := blobs(t, open(t, jetstream.Options{Dir: t.TempDir()}), jetstream.BlobsOptions{MaxBytes: 8 << 20})
	if err := b.Put(bounded(t), "a", []byte("small")); err != nil {
		t.Fatal(err)
	}
	if err := b.Put(bounded(t), "b", make([]byte, 8<<20)); domain.KindOf(err) != domain.TooLarge {
		t.Error(err)
	}
	if _, err := b.Get(bounded(t), "a"); err != nil {
		t.Error("it went for nothing:", err)
	}
}

func TestBlobsAreKeptForATime(t *testing.T) {
	s := open(t, jetstream.Options{Dir: t.TempDir()})
	b := blobs(t, s, jetstream.BlobsOptions{MaxAge: 200 * time.Millisecond})
	if err := b.Put(bounded(t), "a", make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		_, err := b.Get(bounded(t), "a")
		return domain.KindOf(err) == domain.NotFound && err != nil
	})
}

// What is replaced or deleted leaves nothing behind.
func TestPiecesOfReplacedBlobsGo(t *testing.T) {
	b := blobs(t, open(t, jetstream.Options{Dir: t.TempDir()}), jetstream.BlobsOptions{})
	for range 3 {
		if err := b.Put(bounded(t), "a", make([]byte, 3<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if messages, err := b.Messages(bounded(t)); err != nil || messages != 7 { // six pieces and their list
		t.Errorf("%d messages, %v", messages, err)
	}
	if err := b.Delete(bounded(t), "a"); err != nil {
		t.Fatal(err)
	}
	if messages, err := b.Messages(bounded(t)); err != nil || messages != 0 {
		t.Errorf("%d messages, %v", messages, err)
	}
}
