package signalcli

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"heliograph/domain"
)

const (
	// retentionInterval is the time between two looks at the folder.
	retentionInterval = time.Minute
	// retentionGrace is how old a file is at least that is deleted: signal-cli may be writing a younger one.
	retentionGrace = time.Minute
)

// RetentionOptions bound what is kept; zero is no bound.
type RetentionOptions struct {
	// MaxAge is since the file was written.
	MaxAge time.Duration
	// MaxBytes is of all files together.
	MaxBytes int64
	// Log is told how many were deleted, never their names. Default: none.
	Log *slog.Logger
}

// Retention deletes the oldest of the received attachments, which signal-cli itself keeps for ever. It looks at
// regular files directly in the folder and at nothing else; the folder may come and go.
type Retention struct {
	dir     string
	options RetentionOptions
}

// NewRetention is for the folder dir, as NewAttachmentDir is.
func NewRetention(dir string, o RetentionOptions) *Retention {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Retention{dir, o}
}

// Run looks at the folder at once and then every minute, until ctx ends. It returns ctx.Err(); what cannot be deleted is tried again.
func (r *Retention) Run(ctx context.Context) error {
	ticker := time.NewTicker(retentionInterval)
	defer ticker.Stop()
	for {
		deleted, err := r.Sweep(time.Now())
		if err != nil {
			r.options.Log.Warn("old attachments could not be deleted", "error", err)
		}
		if deleted > 0 {
			r.options.Log.Info("old attachments were deleted", "count", deleted)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// Sweep deletes what is over the bounds, the oldest first, and tells how many that were. Errors are Internal.
func (r *Retention) Sweep(now time.Time) (deleted int, err error) {
	root, err := os.OpenRoot(r.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, retentionError(err)
	}
	defer root.Close()
	files, bytes, err := regularFiles(root)
	if err != nil {
		return 0, retentionError(err)
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, file := range files {
		age := now.Sub(file.ModTime())
		tooOld := r.options.MaxAge > 0 && age >= r.options.MaxAge
		tooMany := r.options.MaxBytes > 0 && bytes > r.options.MaxBytes
		if !tooOld && !tooMany || age < retentionGrace {
			return deleted, err // so are the younger ones
		}
		if failed := root.Remove(file.Name()); failed != nil && !errors.Is(failed, fs.ErrNotExist) {
			err = retentionError(failed)
			continue
		}
		bytes -= file.Size()
		deleted++
	}
	return deleted, err
}

// regularFiles are those directly in root, and their size together.
func regularFiles(root *os.Root) (files []fs.FileInfo, bytes int64, err error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, 0, err
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, 0, err
		}
		files = append(files, info)
		bytes += info.Size()
	}
	return files, bytes, nil
}

func retentionError(err error) error {
	return &domain.Error{Op: "deleteOldAttachments", Kind: domain.Internal, Detail: "old attachments cannot be deleted", Err: err}
}
