package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"heliograph/domain"
	"heliograph/ports"
)

// Webhook counts what becomes of events on their way to webhooks. It is the observer of the calling side.
type Webhook struct {
	deliveries, attempts, lost *prometheus.CounterVec
	durations                  prometheus.Histogram
	deadLetters                prometheus.Counter
}

// NewWebhook registers what is counted.
func NewWebhook(registerer prometheus.Registerer) *Webhook {
	w := &Webhook{
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_webhook_deliveries_total",
			Help: "Attempts to deliver an event to a webhook, by outcome: delivered, retried (failed, and is made again), dropped (failed for good, the event is a dead letter).",
		}, []string{"outcome"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_webhook_attempts_total",
			Help: "Calls of webhooks, by what came of them.",
		}, []string{"outcome"}),
		lost: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_webhook_lost_ranges_total",
			Help: "Ranges of events that were gone before a webhook got them, by kind: gap (retention), reset (a new event log).",
		}, []string{"kind"}),
		durations: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "heliograph_webhook_attempt_duration_seconds",
			Help:    "Time that a call of a webhook took.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
		}),
		deadLetters: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "heliograph_webhook_dead_letters_total",
			Help: "Deliveries that were given up.",
		}),
	}
	for _, outcome := range []string{"delivered", "retried", "dropped"} {
		w.deliveries.WithLabelValues(outcome)
	}
	for _, outcome := range ports.WebhookOutcomes() {
		w.attempts.WithLabelValues(string(outcome))
	}
	for _, kind := range []domain.EventKind{domain.KindGap, domain.KindReset} {
		w.lost.WithLabelValues(string(kind))
	}
	registerer.MustRegister(w.deliveries, w.attempts, w.lost, w.durations, w.deadLetters)
	return w
}

// Attempted counts a call; again says that it failed and another follows.
func (w *Webhook) Attempted(outcome ports.WebhookOutcome, took time.Duration, again bool) {
	w.attempts.WithLabelValues(string(outcome)).Inc()
	w.durations.Observe(took.Seconds())
	switch {
	case outcome == ports.OutcomeDelivered:
		w.deliveries.WithLabelValues("delivered").Inc()
	case again:
		w.deliveries.WithLabelValues("retried").Inc()
	}
}

// GivenUp counts a delivery that became a dead letter.
func (w *Webhook) GivenUp() {
	w.deliveries.WithLabelValues("dropped").Inc()
	w.deadLetters.Inc()
}

// Lost counts a range of events that was gone before a webhook got it.
func (w *Webhook) Lost(kind domain.EventKind) { w.lost.WithLabelValues(string(kind)).Inc() }

// Webhooks is what is looked at when metrics are asked for.
type Webhooks interface {
	// FailingLanes counts the conversations that a webhook does not take.
	FailingLanes() int
	// Lag is the age of the oldest event that a webhook did not get.
	Lag() time.Duration
}

// RegisterWebhooks registers gauges that look at webhooks.
func RegisterWebhooks(webhooks Webhooks, registerer prometheus.Registerer) {
	registerer.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heliograph_webhook_failing_lanes",
			Help: "Conversations that a webhook does not take, of all webhooks.",
		}, func() float64 { return float64(webhooks.FailingLanes()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heliograph_webhook_lag_seconds",
			Help: "Age of the oldest event that a webhook did not get.",
		}, func() float64 { return webhooks.Lag().Seconds() }),
	)
}
