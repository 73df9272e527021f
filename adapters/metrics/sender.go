package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"heliograph/domain"
	"heliograph/ports"
)

// Sender counts what goes through another Sender.
type Sender struct {
	next  ports.Sender
	sends *prometheus.CounterVec
	took  *prometheus.HistogramVec
}

var _ ports.Sender = (*Sender)(nil)

// NewSender wraps next.
func NewSender(next ports.Sender, registerer prometheus.Registerer) *Sender {
	s := &Sender{
		next: next,
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_sender_sends_total",
			Help: "What accounts sent, by operation and outcome: ok, or the kind of the failure.",
		}, []string{"operation", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "heliograph_sender_send_duration_seconds",
			Help:    "How long signal-cli took to send.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120},
		}, []string{"operation"}),
	}
	registerer.MustRegister(s.sends, s.took)
	return s
}

// Send implements ports.Sender.
func (s *Sender) Send(ctx context.Context, from domain.Account, out domain.Outgoing) (domain.SendResult, error) {
	begun := time.Now()
	result, err := s.next.Send(ctx, from, out)
	s.took.WithLabelValues(out.Operation()).Observe(time.Since(begun).Seconds())
	s.sends.WithLabelValues(out.Operation(), outcome(err)).Inc()
	return result, err
}

func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return domain.KindOf(err).String()
}
