// Package memkv is a KeyValue in memory, for gateways that keep nothing on disk. It lives as long as the process; its methods never
// wait and fail only for what is out of bounds, a revision that is not the newest, or an ended context.
package memkv

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.KeyValue = (*Store)(nil)

// Bounds that ports.KeyValue gives.
const (
	maxKey   = 1 << 10
	maxValue = 512 << 10
)

// Store is a KeyValue. The zero value is not one: use New.
type Store struct {
	mu       sync.Mutex // guards all below
	revision uint64     // of the newest value of all
	spaces   map[string]map[string]ports.Entry
}

// New makes an empty Store.
func New() *Store { return &Store{spaces: make(map[string]map[string]ports.Entry)} }

// Get implements ports.KeyValue.
func (s *Store) Get(ctx context.Context, space, key string) (ports.Entry, error) {
	if err := check(ctx, "get", key, nil); err != nil {
		return ports.Entry{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.spaces[space][key]
	if !ok {
		return ports.Entry{}, domain.Errorf(domain.NotFound, "get", "nothing is kept under this name")
	}
	return copyOf(e), nil
}

// Put implements ports.KeyValue.
func (s *Store) Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	if err := check(ctx, "put", key, value); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if newest := s.spaces[space][key].Revision; revision != ports.AnyRevision && revision != newest {
		return 0, domain.Errorf(domain.Conflict, "put", "it was changed meanwhile")
	}
	if s.spaces[space] == nil {
		s.spaces[space] = make(map[string]ports.Entry)
	}
	s.revision++
	s.spaces[space][key] = ports.Entry{Key: key, Value: bytes.Clone(value), Revision: s.revision}
	return s.revision, nil
}

// Delete implements ports.KeyValue.
func (s *Store) Delete(ctx context.Context, space, key string) error {
	if err := check(ctx, "delete", key, nil); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.spaces[space], key)
	return nil
}

// List implements ports.KeyValue.
func (s *Store) List(ctx context.Context, space string) ([]ports.Entry, error) {
	if err := check(ctx, "list", "", nil); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := make([]ports.Entry, 0, len(s.spaces[space]))
	for _, e := range s.spaces[space] {
		entries = append(entries, copyOf(e))
	}
	slices.SortFunc(entries, func(a, b ports.Entry) int { return strings.Compare(a.Key, b.Key) })
	return entries, nil
}

func copyOf(e ports.Entry) ports.Entry {
	e.Value = bytes.Clone(e.Value)
	return e
}

func check(ctx context.Context, op, key string, value []byte) error {
	switch err := ctx.Err(); {
	case err != nil:
		return &domain.Error{Op: op, Kind: domain.KindOf(err), Err: err}
	case len(key) > maxKey:
		return domain.Errorf(domain.Invalid, op, "a name of %d bytes is too long", len(key))
	case len(value) > maxValue:
		return domain.Errorf(domain.Invalid, op, "a value of %d bytes is too large", len(value))
	}
	return nil
}
