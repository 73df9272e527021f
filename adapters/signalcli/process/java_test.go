package process_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
)

// java stands for a Java machine: it notes its options, and writes the archive that it is asked for.
const java = `printf '%s\n' "$JAVA_OPTS" >>$DIR/options
for o in $JAVA_OPTS; do case $o in -XX:ArchiveClassesAtExit=*) echo fresh >"${o#*=}" ;; esac; done
echo '[]'`

func TestArchive(t *testing.T) {
	program, dir := script(t, java)
	archive := filepath.Join(t.TempDir(), "java.jsa")
	carrier := newCarrier(t, process.Options{Command: program, Archive: archive})
	call := func() (options string) {
		t.Helper()
		if _, err := carrier.Call(t.Context(), read(alice)); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(content(t, filepath.Join(dir, "options")), "\n")
		return lines[len(lines)-1]
	}
	if options := call(); strings.Contains(options, "SharedArchiveFile") || !strings.Contains(options, "-Xlog:disable") {
		t.Errorf("options without an archive %q", options)
	}
	if err := os.WriteFile(archive+".new", []byte("of a gateway that was killed"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second replaces the first, as after an upgrade
		if err := carrier.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := content(t, archive); got != "fresh" {
			t.Errorf("archive %q", got)
		}
		if err := os.WriteFile(archive, []byte("stale\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if options := call(); !strings.Contains(options, "-XX:SharedArchiveFile="+archive) {
		t.Errorf("options with an archive %q", options)
	}
	if left, _ := filepath.Glob(archive + ".*"); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}

// A Java that keeps no archive leaves the one that is there.
func TestArchiveThatJavaDoesNotKeep(t *testing.T) {
	program, _ := script(t, `echo '[]'`)
	archive := filepath.Join(t.TempDir(), "java.jsa")
	if err := os.WriteFile(archive, []byte("earlier\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	carrier := newCarrier(t, process.Options{Command: program, Archive: archive})
	wantKind(t, carrier.Warm(t.Context()), domain.Unsupported)
	if got := content(t, archive); got != "earlier" {
		t.Errorf("archive %q", got)
	}
}

// What processes of a gateway that was killed left in the temporary folder, 121 MB each, is gone after the next start.
func TestLeftoversOfAKilledGateway(t *testing.T) {
	temp := filepath.Join(t.TempDir(), "temp")
	library := filepath.Join(temp, "12345", "libsignal6789", "libsignal_jni.so")
	if err := os.MkdirAll(filepath.Dir(library), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(library, make([]byte, 1<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	newCarrier(t, process.Options{TempDir: temp})
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
