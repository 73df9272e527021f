// Package spooltest is the conformance suite of ports.Spool: what is written
// comes back, names of clients are names and no paths, a batch keeps what it
// could store and nothing else, and its end removes it.
package spooltest

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"heliograph/domain"
	"heliograph/ports"
)

// Harness is a fresh spool in which nothing was stored.
type Harness struct {
	Spool ports.Spool
	// Folder is where all files are; nothing else is in it.
	Folder string
	// MaxFileBytes is the limit of one file, between 64 KiB and 1 MiB.
	MaxFileBytes int
	// Break makes every later Open and Write fail as a disk does.
	Break func(t *testing.T)
}

var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01")

// Run checks all promises, each with a harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	for name, check := range map[string]func(t *testing.T, h Harness){
		"WhatWasWrittenComesBack":          writtenComesBack,
		"TypeIsTheClientsOrDetected":       typeIsSaidOrDetected,
		"Defect19NamesAreNoPaths":          namesAreNoPaths,
		"SameNameTwiceMakesTwoFiles":       sameNameTwice,
		"FileAtTheLimitIsStored":           atTheLimit,
		"FileOverTheLimitIsTooLarge":       overTheLimit,
		"ErrorsOfTheContentComeThrough":    brokenContent,
		"CloseRemovesTheBatchAndNoOther":   closeRemoves,
		"BatchesDoNotDisturbEachOther":     sideBySide,
		"WhatCannotBeStoredIsUnavailable":  broken,
		"NothingIsStoredBeforeTheFirst":    nothingBefore,
		"FilesAreForTheOwnerOnly":          ownerOnly,
		"ContentThatComesInPiecesIsWhole":  inPieces,
		"EmptyContentMakesAnEmptyFile":     emptyContent,
		"BatchGoesOnAfterARefusedFile":     goesOn,
		"SizeIsThatOfTheContent":           sizes,
		"MadeUpNamesAreNeverTheSame":       madeUpNames,
		"MadeUpNamesHaveAFittingExtension": extensions,
	} {
		t.Run(name, func(t *testing.T) { check(t, newHarness(t)) })
	}
}

// open begins a batch that ends with the test at the latest.
func (h Harness) open(t *testing.T) ports.SpoolBatch {
	t.Helper()
	batch, err := h.Spool.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = batch.Close() }) // again, where the test did
	return batch
}

// files are the paths of all files in the spool.
func (h Harness) files(t *testing.T) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(h.Folder, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // no file was stored yet
		}
		if err == nil && !entry.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func write(t *testing.T, batch ports.SpoolBatch, header ports.FileHeader, content []byte) domain.AttachmentFile {
	t.Helper()
	file, err := batch.Write(header, bytes.NewReader(content))
	if err != nil {
		t.Fatalf("%+v: %v", header, err)
	}
	return file
}

// holds demands that a file is there with that content.
func holds(t *testing.T, file domain.AttachmentFile, content []byte) {
	t.Helper()
	if got, err := os.ReadFile(file.Path); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%s: %d bytes, %v; want %d", filepath.Base(file.Path), len(got), err, len(content))
	}
}
