package jetstream

import (
	"context"
	"time"

	"heliograph/ports"
)

type BlobOptions struct {
	MaxAge   time.Duration
	MaxBytes int64
}

func (s *Store) Blobs(context.Context, BlobOptions) (ports.Blobs, error) { return nil, nil }
func (s *Store) room() error                                            { return nil }
