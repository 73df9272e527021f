package webhooks

import (
	"log/slog"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Defaults of Options.
const (
	DefaultEndGrace       = 2 * time.Second
	DefaultSaveInterval   = 250 * time.Millisecond
	DefaultLease          = 15 * time.Second
	DefaultMaxWebhooks    = 4096
	DefaultMaxLanes       = 1000
	DefaultMaxDeadLetters = 1000
	DefaultMaxQueueBytes  = 4 << 20
	DefaultMaxTotalBytes  = 64 << 20
)

// Bounds that nobody has wanted to change.
const (
	maxQueueEvents = 256 // in memory for one webhook
	maxLaneEvents  = 64  // of one lane among them
	troubledEvents = 8   // in memory for one that takes nothing
	maxExtraCalls  = 512 // of all webhooks, beyond freeCalls for each
	freeCalls      = 2
	maxReads       = 8 // of the log at one time
	pageEvents     = 64
	batchEvents    = 64
	minPause       = 100 * time.Millisecond
	maxRetryAfter  = 24 * time.Hour
	// idleSave is how long a webhook that got nothing may stand further back in the store than in memory.
	idleSave = time.Minute
	// wakeInterval is the least time between two occasions at which a success lets all failing lanes try again.
	wakeInterval = time.Minute
	// redeliverLimit bounds one request to redeliver all.
	redeliverLimit = 30 * time.Second
)

// Options shape a Service; the zero value has the defaults.
type Options struct {
	// Configured are the webhooks of the configuration file.
	Configured []Configured
	// Owner names this gateway in the lease. A gateway that finds its own name there goes on at once, so two gateways on one store must
	// not have the same. Empty: a random one.
	Owner string
	// Lease is how long a gateway that has died keeps the others from driving the webhooks (15 s).
	Lease time.Duration
	// EndGrace is how long attempts that are going on at the end of Run may still take (2 s).
	EndGrace time.Duration
	// SaveInterval is the time between two savings of states that changed (250 ms).
	SaveInterval time.Duration
	// MaxWebhooks bounds how many there may be (4,096).
	MaxWebhooks int
	// MaxLanes bounds the lanes of one webhook that are not where its cursor is (1,000).
	MaxLanes int
	// MaxDeadLetters bounds those of one webhook; the oldest go first (1,000).
	MaxDeadLetters int
	// MaxQueueBytes bounds the payload in memory for one webhook (4 MiB), MaxTotalBytes that for all (64 MiB); one event each goes
	// through in any case.
	MaxQueueBytes, MaxTotalBytes int
	// Observer counts; nil for nobody.
	Observer Observer
	// Logger gets failures, without numbers, contents or addresses; nil for none.
	Logger *slog.Logger
}

// Configured is a webhook of the configuration file. It may be called wherever it is, also on private networks.
type Configured struct {
	domain.Webhook
	// FromOldest begins with the oldest event that is kept, the first time; else with what comes then.
	FromOldest bool
}

// Observer counts, for metrics. Its methods must not block.
type Observer interface {
	// Attempted counts an attempt; again says that it failed and another follows.
	Attempted(outcome ports.WebhookOutcome, took time.Duration, again bool)
	// GivenUp counts a delivery that became a dead letter.
	GivenUp()
	// Lost counts a range of events that retention (KindGap) or a new log (KindReset) took before a webhook got them.
	Lost(kind domain.EventKind)
}

type nobody struct{}

func (nobody) Attempted(ports.WebhookOutcome, time.Duration, bool) {}
func (nobody) GivenUp()                                            {}
func (nobody) Lost(domain.EventKind)                               {}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value *time.Duration
		or    time.Duration
	}{{&o.Lease, DefaultLease}, {&o.EndGrace, DefaultEndGrace}, {&o.SaveInterval, DefaultSaveInterval}} {
		if *d.value <= 0 {
			*d.value = d.or
		}
	}
	for _, n := range []struct {
		value *int
		or    int
	}{
		{&o.MaxWebhooks, DefaultMaxWebhooks},
		{&o.MaxLanes, DefaultMaxLanes},
		{&o.MaxDeadLetters, DefaultMaxDeadLetters},
		{&o.MaxQueueBytes, DefaultMaxQueueBytes},
		{&o.MaxTotalBytes, DefaultMaxTotalBytes},
	} {
		if *n.value <= 0 {
			*n.value = n.or
		}
	}
	if o.Owner == "" {
		o.Owner = randomName("gateway-")
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
