// Package place remembers positions in the event log under names, in a KeyValue, and moves them forward only: whoever else moves
// the same name, here or in another gateway on the same store, the furthest position stays.
//
// Nothing is kept in memory. Errors are those of KeyValue and EventLog; after each, the same call may be made again.
package place

import (
	"context"
	"encoding/json"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Store remembers the places of one space.
type Store struct {
	values ports.KeyValue
	log    ports.EventLog
	space  string
	now    func() time.Time
}

// New makes a Store of the places in space, which are positions in log. now is the clock.
func New(values ports.KeyValue, log ports.EventLog, space string, now func() time.Time) *Store {
	return &Store{values: values, log: log, space: space, now: now}
}

// Place is a remembered position.
type Place struct {
	Key     string
	Cursor  domain.Cursor
	Updated time.Time
}

// value is what is kept.
type value struct {
	Cursor  string           `json:"cursor"`
	Updated domain.Timestamp `json:"updated"`
}

// Get gives the place under key; false when there is none.
func (s *Store) Get(ctx context.Context, key string) (domain.Cursor, bool, error) {
	p, _, err := s.get(ctx, key)
	return p.Cursor, p.Key != "", err
}

// Begin remembers cursor under key, unless something is remembered there, and gives what is remembered then.
func (s *Store) Begin(ctx context.Context, key string, cursor domain.Cursor) (domain.Cursor, error) {
	for {
		p, revision, err := s.get(ctx, key)
		if err != nil || p.Key != "" {
			return p.Cursor, err
		}
		err = s.put(ctx, key, cursor, revision)
		if domain.KindOf(err) != domain.Conflict {
			return cursor, err
		}
	}
}

// Move remembers cursor under key, unless a later one is remembered, and gives what is remembered then. A cursor of an epoch that is not
// the log's any more is Invalid.
func (s *Store) Move(ctx context.Context, key string, cursor domain.Cursor) (domain.Cursor, error) {
	for {
		p, revision, err := s.get(ctx, key)
		switch {
		case err != nil:
			return domain.Cursor{}, err
		case p.Key != "" && p.Cursor.Epoch == cursor.Epoch && p.Cursor.Seq >= cursor.Seq:
			return p.Cursor, nil
		case p.Key == "" || p.Cursor.Epoch != cursor.Epoch:
			if err := s.checkEpoch(ctx, cursor); err != nil {
				return domain.Cursor{}, err
			}
		}
		err = s.put(ctx, key, cursor, revision)
		if domain.KindOf(err) != domain.Conflict {
			return cursor, err
		}
	}
}

// List lists all places, by key.
func (s *Store) List(ctx context.Context) ([]Place, error) {
	entries, err := s.values.List(ctx, s.space)
	if err != nil {
		return nil, err
	}
	places := make([]Place, 0, len(entries))
	for _, e := range entries {
		if p := decode(e); p.Key != "" {
			places = append(places, p)
		}
	}
	return places, nil
}

// Delete forgets the place under key, if there is one.
func (s *Store) Delete(ctx context.Context, key string) error {
	return s.values.Delete(ctx, s.space, key)
}

// get gives the place under key, without Key when there is none, and the revision that the next put replaces.
func (s *Store) get(ctx context.Context, key string) (Place, uint64, error) {
	e, err := s.values.Get(ctx, s.space, key)
	if domain.KindOf(err) == domain.NotFound && err != nil {
		return Place{}, 0, nil
	}
	if err != nil {
		return Place{}, 0, err
	}
	return decode(e), e.Revision, nil
}

func (s *Store) put(ctx context.Context, key string, cursor domain.Cursor, revision uint64) error {
	content, err := json.Marshal(value{Cursor: cursor.String(), Updated: domain.Timestamp(s.now().UnixMilli())})
	if err != nil {
		return err
	}
	_, err = s.values.Put(ctx, s.space, key, content, revision)
	return err
}

func (s *Store) checkEpoch(ctx context.Context, cursor domain.Cursor) error {
	last, _, err := s.log.Tail(ctx)
	if err == nil && last.Epoch != cursor.Epoch {
		return domain.Errorf(domain.Invalid, "remember", "the cursor is of an earlier life of the event log")
	}
	return err
}

// decode reads an entry; one that says nothing of a place is none.
func decode(e ports.Entry) Place {
	var v value
	if json.Unmarshal(e.Value, &v) != nil {
		return Place{}
	}
	cursor, err := domain.ParseCursor(v.Cursor)
	if err != nil {
		return Place{}
	}
	return Place{Key: e.Key, Cursor: cursor, Updated: v.Updated.Time()}
}
