package reading

import "time"

// Options shape a Service; the zero value has the defaults.
type Options struct {
	// Observer counts; nil for nobody.
	Observer Observer
	// Now is the clock (time.Now).
	Now func() time.Time
}

// Observer counts what becomes of acknowledgements, for metrics. Its methods are called concurrently and must not block.
type Observer interface {
	// Remembered counts those that are stored, or were before.
	Remembered()
	// Refused counts those of cursors that are no position of the stream.
	Refused()
	// Failed counts those that could not be stored.
	Failed()
}

type nobody struct{}

func (nobody) Remembered() {}
func (nobody) Refused()    {}
func (nobody) Failed()     {}

func (o Options) withDefaults() Options {
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
