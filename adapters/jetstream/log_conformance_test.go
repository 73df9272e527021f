package jetstream_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"heliograph/adapters/jetstream"
	"heliograph/ports"
	"heliograph/test/conformance/eventlogtest"
	"heliograph/test/natsserver"
)

// The server's clock is the real one, so a minute of the suite's is a tick of it.
const tick = 4 * time.Second

func scaled(d time.Duration) time.Duration {
	if d >= time.Hour {
		return d
	}
	return time.Duration(float64(d) / float64(time.Minute) * float64(tick))
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
	t.Parallel()
	eventlogtest.Run(t, func(t testing.TB, s eventlogtest.Settings) eventlogtest.Harness {
		o := jetstream.LogOptions{MaxBytes: int64(s.RetainBytes), DedupWindow: scaled(s.DedupWindow)}
		store := open(t, jetstream.Options{Dir: t.TempDir()})
		return eventlogtest.Harness{
			Log:     openLog(t, store, o),
			Second:  openLog(t, store, o),
			Advance: func(d time.Duration) { time.Sleep(scaled(d)) },
			Broken:  closedLog(t),
			Reborn:  func() ports.EventLog { return openLog(t, open(t, jetstream.Options{Dir: t.TempDir()}), o) },
		}
	})
}

// closedLog is a log whose server has ended.
func closedLog(t testing.TB) *jetstream.Log {
	t.Helper()
	store, err := jetstream.Open(context.Background(), jetstream.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	l := openLog(t, store, jetstream.LogOptions{})
	store.Close()
	return l
}

func TestEventLogOnAServer(t *testing.T) {
	t.Parallel()
	eventLogOn(t, natsserver.Start(t, natsserver.Options{}).URL(), 1)
}

func TestEventLogOnACluster(t *testing.T) {
	t.Parallel()
	eventLogOn(t, natsserver.StartCluster(t, 3, natsserver.Options{}).Servers[0].URL(), 3)
}

// eventLogOn runs the suite on servers; each handle has a connection of its own.
func eventLogOn(t *testing.T, url string, replicas int) {
	lost := natsserver.Start(t, natsserver.Options{})
	broken := openLog(t, open(t, jetstream.Options{URL: lost.URL()}), jetstream.LogOptions{})
	lost.Kill()
	clauses := 0
	eventlogtest.Run(t, func(t testing.TB, s eventlogtest.Settings) eventlogtest.Harness {
		clauses++
		o := jetstream.LogOptions{MaxBytes: int64(s.RetainBytes), DedupWindow: scaled(s.DedupWindow)}
		to := jetstream.Options{URL: url, Replicas: replicas, Prefix: fmt.Sprint("clause", clauses)}
		between := startProxy(t, url)
		log := to
		log.URL = between.url()
		return eventlogtest.Harness{
			Log:     openLog(t, open(t, log), o),
			LoseAck: between.loseAck,
			Second:  openLog(t, open(t, to), o),
			Advance: func(d time.Duration) { time.Sleep(scaled(d)) },
			Broken:  broken,
			Reborn: func() ports.EventLog {
				to.Prefix += "again"
				return openLog(t, open(t, to), o)
			},
		}
	})
}
