package simulator_test

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/simulator"
)

// run is a command that stays: it is stopped by its context.
type run struct {
	cancel context.CancelFunc
	stdin  *io.PipeWriter
	stdout *syncBuffer
	stderr *syncBuffer
	code   chan int
}

// syncBuffer is what a running command wrote so far.
type syncBuffer struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

func newSyncBuffer() *syncBuffer { return &syncBuffer{changed: make(chan struct{}, 1)} }

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.changed <- struct{}{}:
	default:
	}
	return b.text.Write(p)
}

// await waits until a text was written.
func (b *syncBuffer) await(t *testing.T, want string) string {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		text := b.text.String()
		b.mu.Unlock()
		if strings.Contains(text, want) {
			return text
		}
		select {
		case <-b.changed:
		case <-limit:
			t.Fatalf("no %q in %q", want, text)
		}
	}
}

func stay(t *testing.T, dir string, args ...string) *run {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	in, stdin := io.Pipe()
	r := &run{cancel: cancel, stdin: stdin, stdout: newSyncBuffer(), stderr: newSyncBuffer(), code: make(chan int, 1)}
	go func() {
		r.code <- simulator.Main(ctx, append([]string{"--config=" + dir}, args...), in, r.stdout, r.stderr, os.Getenv)
		close(r.code)
	}()
	t.Cleanup(func() {
		cancel()
		<-r.code
		_ = stdin.Close()
	})
	return r
}
