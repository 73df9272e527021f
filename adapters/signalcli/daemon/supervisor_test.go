package daemon_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/signalcli/daemon"
	"heliograph/domain"
)

func TestChannels(t *testing.T) {
	for channel, want := range map[daemon.Channel]string{
		daemon.Socket: "--config=/data --trust-new-identities=never --scrub-log daemon --socket=DIR/signal-cli.sock --no-receive-stdout --receive-mode=manual --ignore-stories",
		daemon.TCP:    "--config=/data --trust-new-identities=never --scrub-log daemon --tcp=127.0.0.1:PORT --no-receive-stdout --receive-mode=manual --ignore-stories",
		daemon.Stdio:  "--config=/data --trust-new-identities=never --scrub-log jsonRpc --receive-mode=manual --ignore-stories",
	} {
		t.Run(channel.String(), func(t *testing.T) {
			r := start(t, "serves", daemon.Options{Channel: channel, ConfigDir: "/data", TrustMode: domain.TrustNever, Flags: []string{"--ignore-stories"}}, nil)
			wantEcho(t, r.talk(t, "hello"), "hello")
			_, argv, _ := strings.Cut(r.starts()[0], " ")
			argv = strings.ReplaceAll(argv, r.dir, "DIR")
			var port int
			if _, after, ok := strings.Cut(argv, "127.0.0.1:"); ok {
				fmt.Sscan(after, &port)
				argv = strings.Replace(argv, fmt.Sprint(port), "PORT", 1)
			}
			if argv != want {
				t.Errorf("argv %q, want %q", argv, want)
			}
			if info, err := os.Stat(r.dir); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("directory %v, %v", info.Mode(), err)
			}
		})
	}
}

func TestRestart(t *testing.T) {
	for _, channel := range []daemon.Channel{daemon.Socket, daemon.TCP, daemon.Stdio} {
		for _, how := range []string{"serves", "leaves the socket"} {
			t.Run(channel.String()+" that "+how, func(t *testing.T) {
				r := start(t, how, daemon.Options{Channel: channel}, nil)
				for n := 1; n <= 3; n++ {
					conn := r.talk(t, fmt.Sprint("hello ", n))
					wantEcho(t, conn, fmt.Sprint("hello ", n))
					io.WriteString(conn, "die\n")
					if rest, err := io.ReadAll(conn); len(rest) != 0 {
						t.Errorf("after its end: %q, %v", rest, err)
					}
					r.awaitStarts(t, n+1)
				}
			})
		}
	}
}

func TestKilled(t *testing.T) {
	r := start(t, "serves", daemon.Options{}, nil)
	r.talk(t, "hello")
	var pid int
	fmt.Sscan(r.starts()[0], &pid)
	syscall.Kill(pid, syscall.SIGKILL)
	r.awaitStarts(t, 2)
	wantEcho(t, r.talk(t, "again"), "again")
}

func TestExitsAtOnce(t *testing.T) {
	r := start(t, "exits", daemon.Options{}, nil)
	r.awaitStarts(t, 5)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.Dial(ctx); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("Dial: %v", err)
	}
	r.stop(t)
	if log := r.log.String(); !strings.Contains(log, "status 3") || !strings.Contains(log, "Failed to update accounts list") {
		t.Errorf("log:\n%s", log)
	}
}

// One that ends because of its age is told from one that is away; who connects must wait in either case.
func TestRefusedForItsAge(t *testing.T) {
	for as, want := range map[string]bool{"is refused": true, "exits": false} {
		t.Run(as, func(t *testing.T) {
			r := start(t, as, daemon.Options{}, nil)
			r.awaitStarts(t, 3)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			_, err := r.Dial(ctx)
			var outdated *domain.BackendOutdated
			if domain.KindOf(err) != domain.Unavailable || errors.As(err, &outdated) != want {
				t.Errorf("Dial: %v", err)
			}
		})
	}
}

func TestNeverListens(t *testing.T) {
	r := start(t, "never listens", daemon.Options{StartLimit: 100 * time.Millisecond}, nil)
	r.awaitStarts(t, 3)
	r.stop(t)
	if log := r.log.String(); !strings.Contains(log, "did not listen") {
		t.Errorf("log:\n%s", log)
	}
}

func TestIgnoresSIGTERM(t *testing.T) {
	for _, channel := range []daemon.Channel{daemon.Socket, daemon.Stdio} {
		r := start(t, "ignores SIGTERM", daemon.Options{Channel: channel, Grace: 100 * time.Millisecond}, nil)
		wantEcho(t, r.talk(t, "hello"), "hello")
		r.stop(t)
	}
}

func TestFloodsTheLog(t *testing.T) {
	r := start(t, "floods the log", daemon.Options{}, nil)
	wantEcho(t, r.talk(t, "hello"), "hello")
	for end := time.Now().Add(hang); !strings.Contains(r.log.String(), "class=App"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is logged")
		}
	}
	r.stop(t)
	log := r.log.String()
	if n := strings.Count(log, "\n"); n > 5_000 {
		t.Errorf("%d lines", n)
	}
	if strings.Contains(log, "5550100001") || strings.Contains(log, "again and again") {
		t.Errorf("the log holds what it should not: %.500s", log)
	}
}

// A daemon that runs and does not answer is replaced; one of which only the connection is lost is not.
func TestHung(t *testing.T) {
	var hung atomic.Bool
	var asked atomic.Int32
	probe := func(ctx context.Context) error {
		asked.Add(1)
		if !hung.Load() {
			return domain.Errorf(domain.Unavailable, "version", "not connected")
		}
		<-ctx.Done()
		return domain.Errorf(domain.Timeout, "version", "no answer")
	}
	r := start(t, "serves", daemon.Options{ProbeInterval: time.Millisecond, ProbeLimit: 10 * time.Millisecond}, probe)
	r.talk(t, "hello")
	for asked.Load() < 20 {
		time.Sleep(time.Millisecond)
	}
	if n := len(r.starts()); n != 1 {
		t.Errorf("%d starts of a daemon that is well", n)
	}
	hung.Store(true)
	r.awaitStarts(t, 2)
	hung.Store(false)
	wantEcho(t, r.talk(t, "again"), "again")
}

func TestOneConnectionAChild(t *testing.T) {
	r := start(t, "serves", daemon.Options{Channel: daemon.Stdio}, nil)
	first := r.talk(t, "hello")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.Dial(ctx); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("a second connection: %v", err)
	}
	waiting := make(chan error, 1)
	go func() {
		_, err := first.Read(make([]byte, 100))
		if err == nil {
			_, err = first.Read(make([]byte, 100))
		}
		waiting <- err
	}()
	first.Close()
	select {
	case err := <-waiting:
		if err == nil {
			t.Error("Read after Close gives no error")
		}
	case <-time.After(hang):
		t.Error("Close does not end a Read")
	}
	wantEcho(t, r.talk(t, "again"), "again")
}

func TestLongDirectory(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 120))
	program, _ := os.Executable()
	t.Setenv(role, "serves")
	s, err := daemon.New(daemon.Options{Command: program, Dir: long})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, nil) }()
	conn, err := s.Dial(ctx)
	if err != nil {
		t.Error(err)
	} else {
		conn.Close()
	}
	cancel()
	<-done
}

func TestMissingProgram(t *testing.T) {
	if _, err := daemon.New(daemon.Options{Command: filepath.Join(t.TempDir(), "signal-cli")}); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("New: %v", err)
	}
}
