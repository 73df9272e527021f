package metrics

import "github.com/prometheus/client_golang/prometheus"

// Reading counts what becomes of acknowledgements of named readers. It is the observer of the reading side.
type Reading struct{ acks *prometheus.CounterVec }

// NewReading registers the counter of acknowledgements.
func NewReading(registerer prometheus.Registerer) *Reading {
	r := &Reading{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "heliograph_reading_acks_total",
		Help: "Acknowledgements of named readers, by outcome: remembered, refused (of something that was not given), failed (the store did not take it).",
	}, []string{"outcome"})}
	for _, outcome := range []string{"remembered", "refused", "failed"} {
		r.acks.WithLabelValues(outcome)
	}
	registerer.MustRegister(r.acks)
	return r
}

// Remembered counts an acknowledgement that is stored.
func (r *Reading) Remembered() { r.acks.WithLabelValues("remembered").Inc() }

// Refused counts one of a cursor that the reader was not given.
func (r *Reading) Refused() { r.acks.WithLabelValues("refused").Inc() }

// Failed counts one that could not be stored.
func (r *Reading) Failed() { r.acks.WithLabelValues("failed").Inc() }
