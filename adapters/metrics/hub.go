package metrics

import "github.com/prometheus/client_golang/prometheus"

// Hub counts what happens at the readers. It is the observer of the SubscriptionHub.
type Hub struct {
	readers   *prometheus.GaugeVec
	delivered *prometheus.CounterVec
	catchUps  *prometheus.CounterVec
	gaps      *prometheus.CounterVec
}

// NewHub registers the hub's metrics.
func NewHub(registerer prometheus.Registerer) *Hub {
	byTransport := []string{"transport"}
	h := &Hub{
		readers: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "heliograph_hub_open_readers",
			Help: "Open subscriptions, by transport.",
		}, byTransport),
		delivered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_hub_delivered_events_total",
			Help: "Events handed to readers, by transport.",
		}, byTransport),
		catchUps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_hub_catch_ups_total",
			Help: "How often a reader fell behind and went on from the event log, by transport.",
		}, byTransport),
		gaps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_hub_gaps_total",
			Help: "How often a reader lost events to retention, by transport.",
		}, byTransport),
	}
	registerer.MustRegister(h.readers, h.delivered, h.catchUps, h.gaps)
	return h
}

// ReaderOpened counts a reader in.
func (h *Hub) ReaderOpened(transport string) { h.readers.WithLabelValues(transport).Inc() }

// ReaderClosed counts a reader out.
func (h *Hub) ReaderClosed(transport string) { h.readers.WithLabelValues(transport).Dec() }

// Delivered counts events that were handed over.
func (h *Hub) Delivered(transport string, events int) {
	h.delivered.WithLabelValues(transport).Add(float64(events))
}

// CatchUp counts a live reader that fell behind.
func (h *Hub) CatchUp(transport string) { h.catchUps.WithLabelValues(transport).Inc() }

// Gap counts a reader that lost events to retention.
func (h *Hub) Gap(transport string) { h.gaps.WithLabelValues(transport).Inc() }
