package metrics

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"heliograph/domain"
)

// Sockets counts how WebSockets end, and what was lost to them.
type Sockets struct {
	ended *prometheus.CounterVec
	lost  *prometheus.CounterVec
}

// NewSockets registers the counters of WebSockets.
func NewSockets(registerer prometheus.Registerer) *Sockets {
	s := &Sockets{
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_websocket_ended_connections_total",
			Help: "WebSockets that ended, by close code: 1000 by the client, 1001 shutdown, 1006 without one, 1008 stopped reading, 1011 internal.",
		}, []string{"code"}),
		lost: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_websocket_lost_ranges_total",
			Help: "Ranges of events that expired before a WebSocket got them, by kind: gap, reset.",
		}, []string{"kind"}),
	}
	registerer.MustRegister(s.ended, s.lost)
	return s
}

// Ended counts a connection that ended with a close code.
func (s *Sockets) Ended(code int) {
	switch code {
	case 1000, 1001, 1006, 1008, 1011:
		s.ended.WithLabelValues(strconv.Itoa(code)).Inc()
	default:
		s.ended.WithLabelValues("other").Inc()
	}
}

// Lost counts a gap or a reset.
func (s *Sockets) Lost(kind domain.EventKind) { s.lost.WithLabelValues(string(kind)).Inc() }
