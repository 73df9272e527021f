package memlog_test

import (
	"testing"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/ports"
	"heliograph/test/conformance/eventlogtest"
	"heliograph/test/fake"
)

func TestEventLog(t *testing.T) {
	eventlogtest.Run(t, func(_ testing.TB, s eventlogtest.Settings) eventlogtest.Harness {
		clock := fake.NewClock(time.UnixMilli(1767225600000))
		newLog := func() ports.EventLog {
			return memlog.New(memlog.Options{MaxBytes: s.RetainBytes, DedupWindow: s.DedupWindow, Now: clock.Now})
		}
		log := newLog()
		return eventlogtest.Harness{Log: log, Second: log, Advance: clock.Advance, Reborn: newLog}
	})
}
