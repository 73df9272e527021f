package ports

import "context"

// Blobs keep contents that are too large for a log or a KeyValue. All methods may be called concurrently. Names are any text up to 1 KiB.
//
// Errors of all methods: Unavailable (nothing was changed that can be seen), those of the context.
type Blobs interface {
	// Put keeps content under name. The same name with the same content again is fine; with another it replaces the first.
	// content is not kept hold of. TooLarge where it can never be kept.
	Put(ctx context.Context, name string, content []byte) error
	// Get gives the whole content. NotFound where there is none (any more).
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete removes the content, if there is one.
	Delete(ctx context.Context, name string) error
}
