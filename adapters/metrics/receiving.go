package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"heliograph/domain"
)

// Receiving counts what happens between a backend and the event log. It is the observer of the receiving side.
type Receiving struct {
	events   *prometheus.CounterVec
	failures *prometheus.CounterVec
	gaps     prometheus.Counter
}

// NewReceiving registers the counters of receiving.
func NewReceiving(registerer prometheus.Registerer) *Receiving {
	r := &Receiving{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_receiving_events_total",
			Help: "Received events, by outcome: stored, double (had been stored before), refused (can never be stored).",
		}, []string{"outcome"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_receiving_failed_appends_total",
			Help: "Attempts to store events that the event log did not take, by kind.",
		}, []string{"kind"}),
		gaps: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "heliograph_receiving_drain_gaps_total",
			Help: "How often a plain GET found that events were lost to retention.",
		}),
	}
	registerer.MustRegister(r.events, r.failures, r.gaps)
	return r
}

// Stored counts events that are in the log.
func (r *Receiving) Stored(events int) { r.events.WithLabelValues("stored").Add(float64(events)) }

// Doubles counts events that had been there before.
func (r *Receiving) Doubles(events int) { r.events.WithLabelValues("double").Add(float64(events)) }

// AppendFailed counts attempts that the log did not take.
func (r *Receiving) AppendFailed(kind domain.Kind) { r.failures.WithLabelValues(kind.String()).Inc() }

// Refused counts events that can never be stored.
func (r *Receiving) Refused(domain.Kind) { r.events.WithLabelValues("refused").Inc() }

// Gap counts drains that lost events to retention.
func (r *Receiving) Gap() { r.gaps.Inc() }

// Buffer is what the receiving side says of itself.
type Buffer interface {
	// Buffered is how many bytes wait to be stored.
	Buffered() int
	// Stalled says that the backend is not read any more.
	Stalled() bool
	// LastEvent is when something was stored last, zero for never.
	LastEvent() time.Time
}

// RegisterBuffer registers gauges over b.
func RegisterBuffer(b Buffer, registerer prometheus.Registerer) {
	registerer.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heliograph_receiving_buffered_bytes",
			Help: "What was received and waits to be stored.",
		}, func() float64 { return float64(b.Buffered()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heliograph_receiving_stalled_bool",
			Help: "1 while the buffer is full and signal-cli is not read.",
		}, func() float64 {
			if b.Stalled() {
				return 1
			}
			return 0
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heliograph_receiving_last_event_timestamp_seconds",
			Help: "When an event was stored last, in seconds since the Unix epoch; 0 for never.",
		}, func() float64 {
			if last := b.LastEvent(); !last.IsZero() {
				return float64(last.UnixMilli()) / 1000
			}
			return 0
		}),
	)
}
