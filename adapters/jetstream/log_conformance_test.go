package jetstream_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"heliograph/adapters/jetstream"
	"heliograph/ports"
	"heliograph/test/conformance/eventlogtest"
)

// The server's clock is the real one, so a minute of the suite's is a tick of it.
const tick = 4 * time.Second

func scaled(d time.Duration) time.Duration {
	if d >= time.Hour {
		return d
	}
	return time.Duration(float64(d) / float64(time.Minute) * float64(tick))
}

func open(t testing.TB, o jetstream.Options) *jetstream.Store {
	t.Helper()
	s, err := jetstream.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func openLog(t testing.TB, s *jetstream.Store, o jetstream.LogOptions) *jetstream.Log {
	t.Helper()
	l, err := s.Log(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func TestEventLogInThisProcess(t *testing.T) {
	eventlogtest.Run(t, func(t testing.TB, s eventlogtest.Settings) eventlogtest.Harness {
		o := jetstream.LogOptions{MaxBytes: int64(s.RetainBytes), DedupWindow: scaled(s.DedupWindow)}
		store := open(t, jetstream.Options{Dir: t.TempDir()})
		gone, err := jetstream.Open(t.Context(), jetstream.Options{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		broken := openLog(t, gone, o)
		gone.Close()
		n := 0
		return eventlogtest.Harness{
			Log:     openLog(t, store, o),
			Second:  openLog(t, store, o),
			Advance: func(d time.Duration) { time.Sleep(scaled(d)) },
			Broken:  broken,
			Reborn: func() ports.EventLog {
				n++
				return openLog(t, open(t, jetstream.Options{Dir: t.TempDir(), Prefix: fmt.Sprint("reborn", n)}), o)
			},
		}
	})
}
