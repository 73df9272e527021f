package wire_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"heliograph/wire"
)

// The collector waits for garbage of 16 MB, unless the user decided how long it waits.
func TestHeapFloor(t *testing.T) {
	const floor = 16 << 20
	for setting, raised := range map[string]bool{"": true, "GOGC=": true, "GOGC=100": false} {
		t.Run(setting, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			out := &printed{address: make(chan string, 1)}
			ended := make(chan int, 1)
			go func() {
				environ := []string{"HOME=" + t.TempDir(), "MODE=simulator", "HELIOGRAPH_LISTEN=127.0.0.1:0", setting}
				ended <- wire.Run(ctx, nil, environ, strings.NewReader(""), out, out)
			}()
			select {
			case <-out.address:
			case code := <-ended:
				t.Fatalf("ended with %d:\n%s", code, out)
			}
			runtime.GC()
			var heap runtime.MemStats
			runtime.ReadMemStats(&heap)
			if got := heap.HeapAlloc >= floor; got != raised {
				t.Errorf("the heap holds %d bytes, want a floor of %d: %t", heap.HeapAlloc, floor, raised)
			}
			cancel()
			<-ended
		})
	}
}
