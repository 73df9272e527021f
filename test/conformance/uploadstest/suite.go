// Package uploadstest is the conformance suite of ports.Uploads: what was added can be held until it is deleted or too
// old, whoever holds it keeps its file, limits are kept, and what failed leaves nothing behind.
package uploadstest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"heliograph/domain"
	"heliograph/ports"
)

// Harness is fresh Uploads in which nothing was added.
type Harness struct {
	Uploads ports.Uploads
	// Folder is where all files are; nothing else is in it.
	Folder string
	// MaxFileBytes is the limit of one file, between 64 KiB and 1 MiB; MaxBytes, of all, is twice as much.
	MaxFileBytes, MaxBytes int
	// Age makes all that was added so far too old, and returns when what is too old was looked for.
	Age func(t *testing.T)
	// Again gives Uploads as they are after the program ended and began anew.
	Again func(t *testing.T) ports.Uploads
	// Break makes every later Add fail as a disk does.
	Break func(t *testing.T)
}

var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01")

// Run checks all promises, each with a harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	for name, check := range map[string]func(t *testing.T, h Harness){
		"WhatWasAddedIsHeld":                   addedIsHeld,
		"OneUploadIsHeldManyTimes":             heldManyTimes,
		"IDsAreNeverTheSame":                   freshIDs,
		"Defect19NamesAreNoPaths":              namesAreNoPaths,
		"UnknownIDsAreNotFound":                unknownIDs,
		"IDsAreNoPaths":                        idsAreNoPaths,
		"DeletedIsNotFoundAndGone":             deleted,
		"DeletedWhileHeldStaysUntilRelease":    deletedWhileHeld,
		"TooOldIsNotFoundAndGone":              tooOld,
		"TooOldWhileHeldStaysUntilRelease":     tooOldWhileHeld,
		"UploadsOutliveTheProgram":             outlive,
		"FileOverTheLimitIsTooLarge":           overTheFileLimit,
		"AllOverTheLimitIsTooLarge":            overTheLimitOfAll,
		"LimitOfAllHoldsSideBySide":            limitSideBySide,
		"EmptyContentIsInvalid":                emptyContent,
		"ErrorsOfTheContentComeThrough":        brokenContent,
		"WhatFailedLeavesRoom":                 failedLeavesRoom,
		"WhatCannotBeStoredIsUnavailable":      broken,
		"HoldOnAnEndedContextReturns":          endedContext,
		"HoldersAndDeletersDoNotDisturbOthers": sideBySide,
	} {
		t.Run(name, func(t *testing.T) { check(t, newHarness(t)) })
	}
}

func add(t *testing.T, u ports.Uploads, header ports.FileHeader, content []byte) ports.Upload {
	t.Helper()
	upload, err := u.Add(header, bytes.NewReader(content))
	if err != nil {
		t.Fatalf("add: %v", err)
	}
	return upload
}

func hold(t *testing.T, u ports.Uploads, id domain.UploadID) (domain.AttachmentFile, func()) {
	t.Helper()
	file, release, err := u.Hold(t.Context(), id)
	if err != nil {
		t.Fatalf("hold: %v", err)
	}
	return file, release
}

// holds demands that a file is there with that content.
func holds(t *testing.T, file domain.AttachmentFile, content []byte) {
	t.Helper()
	if got, err := os.ReadFile(file.Path); err != nil || !bytes.Equal(got, content) || file.Size != int64(len(content)) {
		t.Errorf("%+v: %d bytes, %v; want %d", file, len(got), err, len(content))
	}
}

// notFound demands that there is no such upload.
func notFound(t *testing.T, u ports.Uploads, id domain.UploadID) {
	t.Helper()
	if _, _, err := u.Hold(t.Context(), id); err == nil || domain.KindOf(err) != domain.NotFound {
		t.Errorf("hold: %v, want %v", err, domain.NotFound)
	}
	if err := u.Delete(t.Context(), id); err == nil || domain.KindOf(err) != domain.NotFound {
		t.Errorf("delete: %v, want %v", err, domain.NotFound)
	}
}

// nothingLeft demands that no file is left in the folder.
func (h Harness) nothingLeft(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(h.Folder, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != h.Folder {
			t.Errorf("left: %s", path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// endless is content without end that counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func endedContext(t *testing.T, h Harness) {
	upload := add(t, h.Uploads, ports.FileHeader{}, png)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := h.Uploads.Hold(ctx, upload.ID); domain.KindOf(err) != domain.Canceled {
		t.Errorf("%v, want %v", err, domain.Canceled)
	}
}
