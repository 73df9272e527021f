package fake_test

import (
	"testing"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/conformance/eventlogtest"
	"heliograph/test/fake"
)

func TestEventLog(t *testing.T) {
	eventlogtest.Run(t, func(_ testing.TB, s eventlogtest.Settings) eventlogtest.Harness {
		clock := fake.NewClock(time.UnixMilli(1767225600000))
		newLog := func() ports.EventLog {
			return fake.NewEventLog(memlog.New(memlog.Options{MaxBytes: s.RetainBytes, DedupWindow: s.DedupWindow, Now: clock.Now}))
		}
		log := newLog()
		broken := fake.NewEventLog(memlog.New(memlog.Options{}))
		broken.FailAppends(1, domain.Unavailable)
		broken.FailReads(1, domain.Unavailable)
		return eventlogtest.Harness{Log: log, Second: log, Advance: clock.Advance, Broken: broken, Reborn: newLog}
	})
}
