package ports

import "context"

// KeyValue keeps small values that outlive the gateway, or, where nothing is to be on disk, live as long as it. Gateways that share a
// store share them. All methods may be called concurrently.
//
// A space is a word of ours ([a-z]+) for one kind of things; keys are any text, also from outside, up to 1 KiB. Values have at most 512 KiB.
// Arguments and results are not shared.
//
// Errors of all methods: Unavailable (nothing was changed), OutcomeUnknown (of Put and Delete), Invalid for a key or value out of bounds, those of the context.
type KeyValue interface {
	// Get gives the newest value. NotFound where there is none.
	Get(ctx context.Context, space, key string) (Entry, error)
	// Put stores value if the newest revision is the one given: that of an Entry, 0 for a key without
	// value, AnyRevision always. It gives the revision of the new value. Conflict says that somebody was faster, and nothing was changed.
	Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error)
	// Delete removes the value, if there is one.
	Delete(ctx context.Context, space, key string) error
	// List gives all entries of a space, by key. It is meant for thousands.
	List(ctx context.Context, space string) ([]Entry, error)
}

// AnyRevision is for KeyValue.Put, which then replaces whatever there is.
const AnyRevision = ^uint64(0)

// Entry is a value in a KeyValue.
type Entry struct {
	Key   string
	Value []byte
	// Revision tells this value from all earlier and later ones of the key; never 0.
	Revision uint64
}
