package metrics

import "github.com/prometheus/client_golang/prometheus"

// Store is what the place where events are kept says of itself.
type Store interface {
	// Writable says that it takes what is given to it, as far as is known.
	Writable() bool
	// UsedBytes is what it holds.
	UsedBytes() uint64
}

// RegisterStore registers gauges over s.
func RegisterStore(s Store, registerer prometheus.Registerer) {
	registerer.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heliograph_store_writable_bool",
			Help: "1 while the store takes what is given to it; 0 while its disk is full or it is away. Not there with store: memory.",
		}, func() float64 {
			if s.Writable() {
				return 1
			}
			return 0
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "heliograph_store_used_bytes",
			Help: "What all that is kept takes on the disk. Not there with store: memory.",
		}, func() float64 { return float64(s.UsedBytes()) }),
	)
}
