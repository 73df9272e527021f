// Package blobstest holds the clauses of ports.Blobs. Every adapter of the port runs them.
package blobstest

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Harness is a fresh, empty store.
type Harness struct {
	Blobs ports.Blobs
	// Second is another handle of the same store.
	Second ports.Blobs
	// Broken is one that cannot be reached now.
	Broken ports.Blobs
}

// hang is how long anything may take before it counts as hanging.
const hang = 30 * time.Second

// Run checks each clause on a store of its own.
func Run(t *testing.T, newHarness func(t testing.TB) Harness) {
	for name, check := range clauses {
		t.Run(name, func(t *testing.T) { check(t, newHarness(t)) })
	}
}

var clauses = map[string]func(t *testing.T, h Harness){
	"WhatWasPutComesBack": func(t *testing.T, h Harness) {
		contents := map[string][]byte{
			"empty": {}, "small": []byte("one"), "large": noise(5 << 20), "with.dots *and> spaces/über \x00": noise(1000), strings.Repeat("k", 1024): noise(300_000),
		}
		for name, content := range contents {
			put(t, h.Blobs, name, content)
		}
		for name, content := range contents {
			want(t, h.Second, name, content)
		}
	},
	"GetOfNothingIsNotFound": func(t *testing.T, h Harness) {
		_, err := h.Blobs.Get(bounded(t), "nothing")
		wantKind(t, err, domain.NotFound)
	},
	"SameContentAgainIsFine": func(t *testing.T, h Harness) {
		content := noise(1 << 20)
		put(t, h.Blobs, "a", content)
		put(t, h.Second, "a", content)
		want(t, h.Blobs, "a", content)
	},
	"OtherContentReplaces": func(t *testing.T, h Harness) {
		put(t, h.Blobs, "a", noise(1<<20))
		content := noise(10)
		put(t, h.Second, "a", content)
		want(t, h.Blobs, "a", content)
	},
	"DeletedIsGone": func(t *testing.T, h Harness) {
		put(t, h.Blobs, "a", noise(1<<20))
		put(t, h.Blobs, "b", []byte("stays"))
		for range 2 {
			if err := h.Second.Delete(bounded(t), "a"); err != nil {
				t.Fatal(err)
			}
		}
		_, err := h.Blobs.Get(bounded(t), "a")
		wantKind(t, err, domain.NotFound)
		want(t, h.Blobs, "b", []byte("stays"))
	},
	"CancelledContextIsCanceled": func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		wantKind(t, h.Blobs.Put(ctx, "a", []byte("x")), domain.Canceled)
		_, err := h.Blobs.Get(ctx, "a")
		wantKind(t, err, domain.Canceled)
		wantKind(t, h.Blobs.Delete(ctx, "a"), domain.Canceled)
	},
	"BrokenStoreIsUnavailable": func(t *testing.T, h Harness) {
		wantKind(t, h.Broken.Put(bounded(t), "a", []byte("x")), domain.Unavailable)
		_, err := h.Broken.Get(bounded(t), "a")
		wantKind(t, err, domain.Unavailable)
		wantKind(t, h.Broken.Delete(bounded(t), "a"), domain.Unavailable)
	},
}

// noise is content that no two calls share.
func noise(bytes int) []byte {
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

func bounded(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	t.Cleanup(cancel)
	return ctx
}

func put(t testing.TB, blobs ports.Blobs, name string, content []byte) {
	t.Helper()
	if err := blobs.Put(bounded(t), name, content); err != nil {
		t.Fatalf("Put: %v", err)
	}
}

func want(t testing.TB, blobs ports.Blobs, name string, content []byte) {
	t.Helper()
	if got, err := blobs.Get(bounded(t), name); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%.20q: got %d bytes, %v, want %d", name, len(got), err, len(content))
	}
}

func wantKind(t testing.TB, err error, kind domain.Kind) {
	t.Helper()
	if err == nil || domain.KindOf(err) != kind {
		t.Fatalf("error %v (kind %v), want kind %v", err, domain.KindOf(err), kind)
	}
}
