package e2e_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// awaitGone waits until nothing fits the pattern any more.
func awaitGone(t *testing.T, pattern string) {
	t.Helper()
	for ctx := within(t); ; pause() {
		if found, err := filepath.Glob(pattern); err != nil || len(found) == 0 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s stays", pattern)
		}
	}
}

// Old attachments go where that is asked for, and uploads that are too old by themselves.
func TestOldFilesAreDeleted(t *testing.T) {
	socket := simulated(t, "unix://"+socketPath(t), "manual")
	for name, c := range map[string]struct {
		env  string
		kept bool
	}{
		"by age":     {"HELIOGRAPH_ATTACHMENTS_MAX_AGE=1h", false},
		"by bytes":   {"HELIOGRAPH_ATTACHMENTS_MAX_BYTES=1", false},
		"by default": {"HELIOGRAPH_ATTACHMENTS_MAX_AGE=0", true},
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			old, long := filepath.Join(data, "attachments", "old.png"), time.Now().Add(-48*time.Hour)
			err := errors.Join(os.Mkdir(filepath.Dir(old), 0o700), os.WriteFile(old, []byte("old"), 0o600), os.Chtimes(old, long, long))
			if err != nil {
				t.Fatal(err)
			}
			g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+socket, "HELIOGRAPH_DATA_DIR="+filepath.Join(data, "gateway"),
				"SIGNAL_CLI_CONFIG_DIR="+data, "HELIOGRAPH_UPLOADS_MAX_AGE=1s", c.env)
			if status, answer := g.post(t, "/v1/attachments", "content"); status != http.StatusCreated {
				t.Fatalf("upload: %d %s", status, answer)
			}
			awaitGone(t, filepath.Join(data, "gateway", "uploads", "*"))
			if !c.kept {
				awaitGone(t, old)
				return
			}
			if _, err := os.Stat(old); errors.Is(err, fs.ErrNotExist) {
				t.Error("an attachment was deleted that nobody wanted to be")
			}
		})
	}
}
