package webhooks_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

// reads counts how often the log is read.
type reads struct {
	ports.EventLog
	count atomic.Int64
}

func (r *reads) Read(ctx context.Context, f domain.Filter, from domain.Cursor, limit int) (ports.Page, error) {
	r.count.Add(1)
	return r.EventLog.Read(ctx, f, from, limit)
}

// What does not fit into memory is read again when there is room, not all the time; and all of it arrives.
func TestLargeEventsAreReadWhenThereIsRoom(t *testing.T) {
	for name, options := range map[string]webhooks.Options{
		"of one webhook": {MaxQueueBytes: 40 << 10},
		"of all":         {MaxTotalBytes: 40 << 10},
	} {
		for _, sources := range [][]string{{carol}, {carol, dave, "e", "f"}} {
			t.Run(fmt.Sprint(name, len(sources)), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t)
					counted := &reads{EventLog: w.log}
					w.log = counted
					w.set("http://a.test", func(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
						time.Sleep(time.Second)
						return ports.WebhookAnswer{Status: 200}, nil
					})
					g := w.start(options)
					settle()
					made := g.create(hook("http://a.test"))
					settle()
					const each = 100
					for n := range each {
						for _, s := range sources {
							e := message(alice, s, n)
							e.Payload = append(e.Payload[:len(e.Payload)-1], fmt.Sprintf(`,"pad":"%016000d"}`, n)...)
							w.put(e)
						}
					}
					pass(time.Hour)
					wantInOrder(t, w.callsOf("http://a.test"), sources, each)
					// A few times an event, as the hub reads too, and not once for each of those that wait.
					if n, most := counted.count.Load(), int64(10*each*len(sources)); n > most {
						t.Errorf("the log was read %d times for %d events", n, each*len(sources))
					}
					if s := g.status(made.ID); s.LagEvents != 0 || s.State != ports.WebhookWorking {
						t.Errorf("%+v", s)
					}
				})
			})
		}
	}
}

// After an hour in which the receiver was down, what waited arrives in order once it is tried again, a little after the longest pause; the lag
// is told meanwhile, and memory holds few of the events.
func TestAnHoursOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.set("http://a.test", fails(domain.Unavailable))
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		const minutes, conversations = 60, 50
		sources := make([]string, conversations)
		for i := range sources {
			sources[i] = fmt.Sprint("s", i, ".")
		}
		each := 0
		for range minutes {
			for range 6 {
				for _, s := range sources {
					w.put(message(alice, s, each))
				}
				each++
				time.Sleep(10 * time.Second)
			}
		}
		settle()
		if s := g.status(made.ID); s.LagEvents != uint64(conversations*each) || s.Lag != time.Hour || s.State != ports.WebhookFailing || s.FailingLanes != conversations {
			t.Errorf("at its end: %+v", s)
		}
		tried := len(w.callsOf("http://a.test"))
		w.set("http://a.test", func(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
			time.Sleep(5 * time.Millisecond)
			return ports.WebhookAnswer{Status: 200}, nil
		})
		began := time.Now()
		for g.status(made.ID).LagEvents > 0 && time.Since(began) < time.Hour {
			time.Sleep(time.Second)
		}
		took := time.Since(began)
		t.Logf("%d attempts in the outage; %d events arrived within %s", tried, conversations*each, took)
		if took > domain.DefaultWebhookMaxPause {
			t.Errorf("it took %s", took)
		}
		wantInOrder(t, w.callsOf("http://a.test")[tried:], sources, each)
	})
}
