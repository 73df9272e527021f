// Package keyvaluetest holds the clauses of ports.KeyValue. Every adapter and every fake of the port runs them.
package keyvaluetest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Harness is a fresh, empty store.
type Harness struct {
	Store ports.KeyValue
	// Second is another handle of the same store.
	Second ports.KeyValue
	// Broken is one that cannot be reached now; nil where an adapter cannot fail.
	Broken ports.KeyValue
}

// hang is how long anything may take before it counts as hanging.
const hang = 30 * time.Second

// space of the clauses.
const space = "tests"

// Run checks each clause on a store of its own.
func Run(t *testing.T, newHarness func(t testing.TB) Harness) {
	for name, check := range clauses {
		t.Run(name, func(t *testing.T) { check(t, newHarness(t)) })
	}
}

var clauses = map[string]func(t *testing.T, h Harness){
	"GetOfNothingIsNotFound": func(t *testing.T, h Harness) {
		_, err := h.Store.Get(bounded(t), space, "nothing")
		wantKind(t, err, domain.NotFound)
	},
	"WhatWasPutComesBack": func(t *testing.T, h Harness) {
		values := map[string][]byte{
			"a": []byte("one"), "": []byte("no name"), "empty": {}, strings.Repeat("k", 1024): []byte("long name"),
			"with.dots *and> spaces/über \x00": {0, 255, 10}, "large": bytes.Repeat([]byte("x"), 512<<10),
		}
		for key, value := range values {
			put(t, h.Store, key, string(value), ports.AnyRevision)
		}
		for key, value := range values {
			e, err := h.Second.Get(bounded(t), space, key)
			if err != nil || e.Key != key || !bytes.Equal(e.Value, value) || e.Revision == 0 {
				t.Fatalf("%.20q: %d bytes, key %.20q, revision %d, %v", key, len(e.Value), e.Key, e.Revision, err)
			}
		}
	},
	"OutOfBoundsIsInvalid": func(t *testing.T, h Harness) {
		_, err := h.Store.Put(bounded(t), space, strings.Repeat("k", 1025), nil, ports.AnyRevision)
		wantKind(t, err, domain.Invalid)
		_, err = h.Store.Put(bounded(t), space, "large", make([]byte, 512<<10+1), ports.AnyRevision)
		wantKind(t, err, domain.Invalid)
		wantKeys(t, h.Store)
	},
	"NewValueReplaces": func(t *testing.T, h Harness) {
		first := put(t, h.Store, "a", "one", ports.AnyRevision)
		second := put(t, h.Second, "a", "two", ports.AnyRevision)
		if first == second {
			t.Fatalf("both have revision %d", first)
		}
		want(t, h.Store, "a", "two")
	},
	"RevisionZeroCreatesOnly": func(t *testing.T, h Harness) {
		put(t, h.Store, "a", "one", 0)
		_, err := h.Second.Put(bounded(t), space, "a", []byte("two"), 0)
		wantKind(t, err, domain.Conflict)
		want(t, h.Store, "a", "one")
	},
	"OldRevisionIsAConflict": func(t *testing.T, h Harness) {
		first := put(t, h.Store, "a", "one", 0)
		second := put(t, h.Store, "a", "two", first)
		_, err := h.Second.Put(bounded(t), space, "a", []byte("three"), first)
		wantKind(t, err, domain.Conflict)
		want(t, h.Store, "a", "two")
		e, err := h.Store.Get(bounded(t), space, "a")
		if err != nil || e.Revision != second {
			t.Fatal(e.Revision, err)
		}
	},
	"DeletedIsGoneAndCanBeCreatedAgain": func(t *testing.T, h Harness) {
		first := put(t, h.Store, "a", "one", 0)
		for range 2 {
			if err := h.Store.Delete(bounded(t), space, "a"); err != nil {
				t.Fatal(err)
			}
		}
		_, err := h.Second.Get(bounded(t), space, "a")
		wantKind(t, err, domain.NotFound)
		wantKeys(t, h.Store)
		_, err = h.Store.Put(bounded(t), space, "a", []byte("two"), first)
		wantKind(t, err, domain.Conflict)
		put(t, h.Second, "a", "three", 0)
		want(t, h.Store, "a", "three")
	},
	"ListGivesOneSpaceByKey": func(t *testing.T, h Harness) {
		wantKeys(t, h.Store)
		for _, key := range []string{"b", "c", "a"} {
			put(t, h.Store, key, "of "+key, 0)
		}
		if _, err := h.Store.Put(bounded(t), "others", "d", []byte("x"), 0); err != nil {
			t.Fatal(err)
		}
		wantKeys(t, h.Second, "a", "b", "c")
		entries, err := h.Store.List(bounded(t), space)
		if err != nil || string(entries[1].Value) != "of b" || entries[1].Revision == 0 {
			t.Fatalf("%+v, %v", entries, err)
		}
	},
	"OneOfManyWinsEachRevision": func(t *testing.T, h Harness) {
		const writers, rounds = 8, 20
		var group sync.WaitGroup
		for w := range writers {
			store := h.Store
			if w%2 == 1 {
				store = h.Second
			}
			group.Go(func() {
				for n := 0; n < rounds; {
					e, err := store.Get(bounded(t), space, "count")
					if err != nil && domain.KindOf(err) != domain.NotFound {
						t.Error(err)
						return
					}
					var count int
					_, _ = fmt.Sscan(string(e.Value), &count)
					_, err = store.Put(bounded(t), space, "count", fmt.Append(nil, count+1), e.Revision)
					switch domain.KindOf(err) {
					case domain.Conflict:
					default:
						if err != nil {
							t.Error(err)
							return
						}
						n++
					}
				}
			})
		}
		group.Wait()
		want(t, h.Store, "count", fmt.Sprint(writers*rounds))
	},
	"ValuesAreNotShared": func(t *testing.T, h Harness) {
		value := []byte("one")
		if _, err := h.Store.Put(bounded(t), space, "a", value, 0); err != nil {
			t.Fatal(err)
		}
		value[0] = 'X'
		e, err := h.Store.Get(bounded(t), space, "a")
		if err != nil {
			t.Fatal(err)
		}
		e.Value[0] = 'Y'
		want(t, h.Store, "a", "one")
	},
	"CancelledContextIsCanceled": func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := h.Store.Get(ctx, space, "a")
		wantKind(t, err, domain.Canceled)
		_, err = h.Store.Put(ctx, space, "a", nil, 0)
		wantKind(t, err, domain.Canceled)
		wantKind(t, h.Store.Delete(ctx, space, "a"), domain.Canceled)
		_, err = h.Store.List(ctx, space)
		wantKind(t, err, domain.Canceled)
	},
	"BrokenStoreIsUnavailable": func(t *testing.T, h Harness) {
		if h.Broken == nil {
			return // the adapter has nothing that can break
		}
		_, err := h.Broken.Get(bounded(t), space, "a")
		wantKind(t, err, domain.Unavailable)
		_, err = h.Broken.Put(bounded(t), space, "a", nil, 0)
		wantKind(t, err, domain.Unavailable, domain.OutcomeUnknown)
		wantKind(t, h.Broken.Delete(bounded(t), space, "a"), domain.Unavailable, domain.OutcomeUnknown)
		_, err = h.Broken.List(bounded(t), space)
		wantKind(t, err, domain.Unavailable)
	},
}

func bounded(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	t.Cleanup(cancel)
	return ctx
}

func put(t testing.TB, store ports.KeyValue, key, value string, revision uint64) uint64 {
	t.Helper()
	newest, err := store.Put(bounded(t), space, key, []byte(value), revision)
	if err != nil || newest == 0 {
		t.Fatalf("Put: revision %d, %v", newest, err)
	}
	return newest
}

func want(t testing.TB, store ports.KeyValue, key, value string) {
	t.Helper()
	if e, err := store.Get(bounded(t), space, key); err != nil || string(e.Value) != value {
		t.Fatalf("%q, %v, want %q", e.Value, err, value)
	}
}

func wantKeys(t testing.TB, store ports.KeyValue, keys ...string) {
	t.Helper()
	entries, err := store.List(bounded(t), space)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Key)
	}
	if strings.Join(got, ",") != strings.Join(keys, ",") {
		t.Fatalf("keys %q, want %q", got, keys)
	}
}

func wantKind(t testing.TB, err error, kinds ...domain.Kind) {
	t.Helper()
	for _, k := range kinds {
		if err != nil && domain.KindOf(err) == k {
			return
		}
	}
	t.Fatalf("error %v (kind %v), want kind %v", err, domain.KindOf(err), kinds)
}
