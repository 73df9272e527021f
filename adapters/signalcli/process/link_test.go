package process_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
)

const uri = "sgnl://linkdevice?uuid=abc&pub_key=def"

func TestLink(t *testing.T) {
	program, dir := script(t, `printf '%s\n' "$@" > $DIR/argv; echo 'QR'; echo '`+uri+`'; while [ ! -e $DIR/go ]; do sleep 0.02; done; echo 'Associated with: +15550100003'`)
	carrier := newCarrier(t, process.Options{Command: program, ConfigDir: "/data"})
	link, err := carrier.StartLink(t.Context(), "--config=/x")
	if err != nil || link.URI() != uri {
		t.Fatalf("%v, %v", link, err)
	}
	argv, _ := os.ReadFile(filepath.Join(dir, "argv"))
	if string(argv) != "--config=/data\nlink\n--name=--config=/x\n" {
		t.Errorf("argv %q", argv)
	}
	early, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err = link.Wait(early)
	wantKind(t, err, domain.OutcomeUnknown)
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		account, err := link.Wait(t.Context())
		if err != nil || account != "+15550100003" {
			t.Errorf("account %v, %v", account, err)
		}
	}
	link.Close()
	link.Close()
}

// Defect 14: link processes are watched, their exit status counts, and none stays behind.
func TestDefect14LinksThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		kind   domain.Kind
	}{
		"exit 1":       {`echo 'Link request error' >&2; exit 1`, domain.Invalid},
		"exit 3":       {`echo 'refused (ConnectException)' >&2; exit 3`, domain.Unavailable},
		"says nothing": {`exit 0`, domain.Backend},
		"says no link": {`echo hello`, domain.Backend},
	} {
		program, _ := script(t, c.script)
		_, err := newCarrier(t, process.Options{Command: program}).StartLink(t.Context(), "phone")
		t.Run(name, func(t *testing.T) { wantKind(t, err, c.kind) })
	}
}

func TestLinkFailsLater(t *testing.T) {
	program, _ := script(t, `echo '`+uri+`'; sleep 0.2; echo 'Link request timed out' >&2; exit 1`)
	link, err := newCarrier(t, process.Options{Command: program}).StartLink(t.Context(), "phone")
	if err != nil {
		t.Fatal(err)
	}
	_, err = link.Wait(t.Context())
	wantKind(t, err, domain.Invalid)
}

// A program that ends at once after its link is not waited for; only Wait tells that nothing was linked.
func TestLinkEndsAtOnce(t *testing.T) {
	program, _ := script(t, `echo '`+uri+`'`)
	link, err := newCarrier(t, process.Options{Command: program}).StartLink(t.Context(), "phone")
	if err != nil || link.URI() != uri {
		t.Fatalf("%v, %v", link, err)
	}
	_, err = link.Wait(t.Context())
	wantKind(t, err, domain.Backend)
}

func TestLinkCloseEndsTheProcess(t *testing.T) {
	program, dir := script(t, `echo $$ > $DIR/pid; echo '`+uri+`'; exec sleep 60`)
	link, err := newCarrier(t, process.Options{Command: program}).StartLink(t.Context(), "phone")
	if err != nil {
		t.Fatal(err)
	}
	link.Close()
	_, err = link.Wait(t.Context())
	wantKind(t, err, domain.Canceled)
	gone(t, filepath.Join(dir, "pid"))
}

func TestLinksAreBounded(t *testing.T) {
	program, _ := script(t, `echo '`+uri+`'; exec sleep 60`)
	carrier := newCarrier(t, process.Options{Command: program, Processes: 1})
	for range process.MaxLinks {
		if _, err := carrier.StartLink(t.Context(), "phone"); err != nil {
			t.Fatal(err)
		}
	}
	_, err := carrier.StartLink(t.Context(), "phone")
	wantKind(t, err, domain.Unavailable)
	carrier.Close() // without waiting for links that nobody closed
}

func TestLinkWithoutPatience(t *testing.T) {
	program, dir := script(t, `echo $$ > $DIR/pid; exec sleep 60`)
	carrier := newCarrier(t, process.Options{Command: program})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := carrier.StartLink(ctx, "phone")
		done <- err
	}()
	content(t, filepath.Join(dir, "pid"))
	cancel()
	wantKind(t, <-done, domain.Canceled)
	gone(t, filepath.Join(dir, "pid"))
}
