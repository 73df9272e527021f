package carriertest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"heliograph/domain"
)

func multiplexed(h Harness) bool { return h.Multiplexed && h.Fault != nil }

var multiplexing = []clause{
	{name: "AnswerThatComesAtOnceIsNotLost", check: func(t *testing.T, h Harness) {
		for range 20 {
			if _, err := h.Carrier.Call(t.Context(), read(h)); err != nil {
				t.Fatal(err)
			}
		}
	}},
	{name: "AnswersOutOfOrderFindTheirCalls", applies: multiplexed, check: func(t *testing.T, h Harness) {
		h.Fault(Fault{Method: "send", Call: 1, HoldFor: 3}, Fault{Method: "send", Call: 3, Delay: 20 * time.Millisecond})
		sameAnswers(t, h)
	}},
	{name: "UnknownDoubledAndMalformedAnswersAreDropped", applies: multiplexed, check: func(t *testing.T, h Harness) {
		h.Fault(Fault{UnknownID: true, Double: true, Malformed: "this is {not json"})
		sameAnswers(t, h)
		h.Fault(Fault{Malformed: `{"jsonrpc":"2.0","method":"receive","params":{"envelope":`, Double: true})
		sameAnswers(t, h)
	}},
	{name: "VeryLongLineIsRead", applies: multiplexed, check: func(t *testing.T, h Harness) {
		h.Fault(Fault{LongLine: 200 << 10})
		sameAnswers(t, h)
	}},
	{name: "LateAnswerIsDropped", applies: multiplexed, check: func(t *testing.T, h Harness) {
		const late = 300 * time.Millisecond
		h.Fault(Fault{Method: "send", Call: 1, Delay: late})
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), late/6)
		defer cancel()
		_, err := h.Carrier.Call(ctx, send(h, "answered late"))
		want(t, err, domain.OutcomeUnknown)
		h.Delivered(t, 1)
		for time.Since(began) < 2*late {
			sameAnswers(t, h)
		}
	}},
	{name: "LostConnectionEndsEveryWaiterAtOnce", applies: multiplexed, check: func(t *testing.T, h Harness) {
		const calls = 32
		h.Fault(Fault{Method: "send", Stall: true}, Fault{Method: "listGroups", CutAfter: true})
		var effects, reads []<-chan outcome
		for i := range calls {
			effects = append(effects, start(t.Context(), t, h, send(h, fmt.Sprint(i))))
			// The Carrier takes it for a read, and that it has arrived can be seen: one that is late would meet the next connection.
			pure := send(h, fmt.Sprint("read ", i))
			pure.Effect = false
			reads = append(reads, start(t.Context(), t, h, pure))
		}
		h.Delivered(t, 2*calls)
		cut := read(h)
		cut.Method = "listGroups"
		_, err := h.Carrier.Call(t.Context(), cut)
		want(t, err, domain.Unavailable)
		for i := range calls {
			want(t, within(t, effects[i]).err, domain.OutcomeUnknown)
			want(t, within(t, reads[i]).err, domain.Unavailable)
		}
		h.Fault()
		if _, err := h.Carrier.Call(t.Context(), read(h)); err != nil {
			t.Errorf("after the loss: %v", err)
		}
	}},
	{name: "NothingBlocksReceiving", applies: func(h Harness) bool { return multiplexed(h) && h.Push != nil }, check: func(t *testing.T, h Harness) {
		h.Fault(Fault{Method: "send", Stall: true})
		for i := range 32 {
			start(t.Context(), t, h, send(h, fmt.Sprint(i)))
		}
		h.Push(t, 200)
	}},
}

// sameAnswers makes calls side by side and wants each to get its own answer: the texts that arrive and the timestamps say so.
func sameAnswers(t *testing.T, h Harness) {
	t.Helper()
	const calls = 8
	var ended []<-chan outcome
	for i := range calls {
		ended = append(ended, start(t.Context(), t, h, send(h, fmt.Sprint("text ", i))))
	}
	var times []int64
	for _, one := range ended {
		o := within(t, one)
		var sent struct{ Timestamp int64 }
		if o.err != nil || json.Unmarshal(o.result, &sent) != nil {
			t.Fatalf("got %s, %v", o.result, o.err)
		}
		times = append(times, sent.Timestamp)
	}
	slices.Sort(times)
	if len(slices.Compact(times)) != calls || times[0] == 0 {
		t.Errorf("calls share answers: %v", times)
	}
	if got := h.Delivered(t, calls); len(got) != calls {
		t.Errorf("delivered %q", got)
	}
}
