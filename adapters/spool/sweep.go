package spool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"heliograph/domain"
)

// sweepInterval is how often what is too old is looked for, unless it lasts less.
const sweepInterval = time.Minute

// Run removes uploads that are too old, until ctx ends. It returns ctx.Err(). What cannot be removed is tried again.
func (u *Uploads) Run(ctx context.Context) error {
	ticker := time.NewTicker(min(sweepInterval, u.options.MaxAge))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case now := <-ticker.C:
			_ = u.Sweep(now) // nothing depends on it but space; Add says when there is none
		}
	}
}

// Sweep removes uploads that are too old and what others left behind. Errors are Unavailable.
func (u *Uploads) Sweep(now time.Time) error {
	entries, err := os.ReadDir(u.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unavailable(err)
	}
	var failed error
	for _, entry := range entries {
		switch name := entry.Name(); {
		case isUploadName(name):
			err = u.sweepUpload(domain.UploadID(name), now)
		case isLeftOver(name):
			err = u.sweepLeftOver(name, now)
		}
		if err != nil {
			failed = unavailable(err)
		}
	}
	return failed
}

func (u *Uploads) sweepUpload(id domain.UploadID, now time.Time) error {
	u.heldMu.Lock()
	defer u.heldMu.Unlock()
	r, err := u.readRecord(id)
	switch {
	case err != nil && domain.KindOf(err) == domain.NotFound:
		return nil // deleted meanwhile
	case err != nil:
		return os.RemoveAll(u.path(id)) // nobody can hold it
	case now.Before(r.Expires):
		return nil
	case u.held[id] != nil:
		u.held[id].ended = true
		return nil
	}
	return u.removeLocked(id, r.Size)
}

// sweepLeftOver removes what was not completed, or not removed whole, and is not written to any more.
func (u *Uploads) sweepLeftOver(name string, now time.Time) error {
	path := filepath.Join(u.folder, name)
	last := time.Time{}
	err := filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil // complete or removed meanwhile
	}
	if err != nil {
		return err
	}
	if now.Sub(last) < unfinishedAfter {
		return nil
	}
	return os.RemoveAll(path)
}
