package signalcli_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/simulator"
	"heliograph/domain"
	"heliograph/test/conformance/attachmentstest"
)

var secret = []byte("keys of the account")

// attachments makes a data directory with a secret beside the attachments.
func attachments(t *testing.T) (configDir, dir string) {
	t.Helper()
	configDir = t.TempDir()
	if err := os.WriteFile(filepath.Join(configDir, "secret"), secret, 0o600); err != nil {
		t.Fatal(err)
	}
	return configDir, filepath.Join(configDir, "attachments")
}

func putIn(dir string) func(t *testing.T, id string, content []byte) {
	return func(t *testing.T, id string, content []byte) {
		t.Helper()
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, id), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAttachmentsConformance(t *testing.T) {
	t.Run("shared disk", func(t *testing.T) {
		attachmentstest.Run(t, func(t *testing.T) attachmentstest.Harness {
			_, dir := attachments(t)
			return attachmentstest.Harness{Attachments: signalcli.NewAttachmentDir(dir), Put: putIn(dir), Secret: secret, CanList: true, CanDelete: true}
		})
	})
	t.Run("another disk", func(t *testing.T) {
		attachmentstest.Run(t, func(t *testing.T) attachmentstest.Harness {
			configDir, dir := attachments(t)
			b := newBackend(t, transports[0], simulator.Options{ConfigDir: configDir})
			client := signalcli.New(b.carrier, signalcli.Options{})
			return attachmentstest.Harness{Attachments: signalcli.NewRemoteAttachments(client), Put: putIn(dir), Secret: secret}
		})
	})
}

// Defect 20: nothing but a file in the folder can be opened or deleted, least of all a folder.
func TestDefect20FoldersAndLinksAreNoAttachments(t *testing.T) {
	configDir, dir := attachments(t)
	for _, folder := range []string{"empty", "full"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	putIn(filepath.Join(dir, "full"))(t, "file", nil)
	if err := os.Symlink(filepath.Join(configDir, "secret"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	a := signalcli.NewAttachmentDir(dir)
	for _, id := range []string{"empty", "full", "link"} {
		if _, err := a.Open(t.Context(), id); domain.KindOf(err) != domain.NotFound {
			t.Errorf("open %s: %v", id, err)
		}
		if err := a.Delete(t.Context(), id); domain.KindOf(err) != domain.NotFound {
			t.Errorf("delete %s: %v", id, err)
		}
	}
	if ids, err := a.List(t.Context()); err != nil || len(ids) != 0 {
		t.Errorf("list: %v, %v", ids, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "full", "file")); err != nil {
		t.Error(err)
	}
}

func TestTypeIsThatOfTheContent(t *testing.T) {
	dir := t.TempDir()
	for id, tc := range map[string]struct{ content, want string }{
		"sound.mp3": {"ID3\x03\x00\x00\x00\x00\x00\x00", "audio/mpeg"},
		"page.bin":  {"<!DOCTYPE html><title>x</title>", "text/html; charset=utf-8"},
		"short":     {"\x00", "application/octet-stream"},
		"empty":     {"", "text/plain"},
	} {
		putIn(dir)(t, id, []byte(tc.content))
		a, err := signalcli.NewAttachmentDir(dir).Open(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(a.Content)
		_ = a.Content.Close()
		if a.ContentType != tc.want || string(content) != tc.content || err != nil {
			t.Errorf("%s: %s, %d bytes, %v", id, a.ContentType, len(content), err)
		}
	}
}

func TestAnswerWithoutAFileIsNoAttachment(t *testing.T) {
	for _, answer := range []string{`{}`, `null`, `[]`, `{"data":null}`, `{"data":5}`, `{"data":"not base64!"}`} {
		a := signalcli.NewRemoteAttachments(signalcli.New(&listing{script{answer: answer}}, signalcli.Options{}))
		if _, err := a.Open(t.Context(), "a.png"); err == nil || domain.KindOf(err) != domain.Backend {
			t.Errorf("%s: got %v", answer, err)
		}
	}
}

// listing is a carrier with one account.
type listing struct{ script }

func (l *listing) Call(ctx context.Context, call signalcli.Call) (json.RawMessage, error) {
	if call.Method == "listAccounts" {
		return json.RawMessage(`[{"number":"+15550100001"}]`), nil
	}
	return l.script.Call(ctx, call)
}
