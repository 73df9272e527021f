package metrics

import "github.com/prometheus/client_golang/prometheus"

// Webhook counts what becomes of events on their way to the webhook. It is the observer of the delivering side.
type Webhook struct{ deliveries *prometheus.CounterVec }

// NewWebhook registers the counter of deliveries.
func NewWebhook(registerer prometheus.Registerer) *Webhook {
	w := &Webhook{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "heliograph_webhook_deliveries_total",
		Help: "Attempts to deliver an event to the webhook, by outcome: delivered, retried (failed, and is made again), dropped (failed for good, the event with it).",
	}, []string{"outcome"})}
	for _, outcome := range []string{"delivered", "retried", "dropped"} {
		w.deliveries.WithLabelValues(outcome)
	}
	registerer.MustRegister(w.deliveries)
	return w
}

// Delivered counts an event that the webhook took.
func (w *Webhook) Delivered() { w.deliveries.WithLabelValues("delivered").Inc() }

// Retried counts an attempt that failed and is made again.
func (w *Webhook) Retried() { w.deliveries.WithLabelValues("retried").Inc() }

// Dropped counts an event that was given up.
func (w *Webhook) Dropped() { w.deliveries.WithLabelValues("dropped").Inc() }
