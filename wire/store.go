package wire

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/wire"
	"github.com/prometheus/client_golang/prometheus"

	"heliograph/adapters/jetstream"
	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/adapters/metrics"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/wire/config"
)

// storeSet keeps events and values: on the disk, in memory or in NATS elsewhere. Each way to signal-cli says in which folder.
var storeSet = wire.NewSet(newStorage, storedEvents, storedValues)

// storeDir is the folder of a store on the disk.
type storeDir string

func newStoreDir(c config.Config) storeDir { return storeDir(filepath.Join(c.DataDir, "store")) }

// storage is where events and values are kept.
type storage struct {
	events ports.EventLog
	values ports.KeyValue
	// run is nil in memory, and so is writable, which says whether the store takes what is given to it.
	run      *component
	writable func() bool
}

func storedEvents(s *storage) ports.EventLog { return s.events }
func storedValues(s *storage) ports.KeyValue { return s.values }

// newStorage opens the configured store; for servers elsewhere it waits a while, or until ctx ends.
func newStorage(ctx context.Context, c config.Config, dir storeDir, registerer prometheus.Registerer, log *slog.Logger) (*storage, func(), error) {
	if c.StoreKind() == config.Memory {
		return &storage{events: memlog.New(memlog.Options{
			MaxBytes: int(c.EventLog.MaxBytes), MaxAge: c.EventLog.MaxAge, DedupWindow: c.EventLog.DedupWindow,
		}), values: memkv.New()}, func() {}, nil
	}
	options, err := storeOptions(c, dir, log)
	if err != nil {
		return nil, nil, err
	}
	store, err := jetstream.Open(ctx, options)
	if err != nil {
		return nil, nil, err
	}
	s, events, err := openStorage(ctx, c, store)
	if err != nil {
		store.Close()
		return nil, nil, fmt.Errorf("the store: %w", err)
	}
	metrics.RegisterStore(store, registerer)
	ended := sync.OnceFunc(func() {
		events.Close()
		store.Close()
	})
	s.writable = store.Writable
	s.run = &component{"store", func(ctx context.Context) error {
		defer ended()
		return store.Run(ctx)
	}}
	return s, ended, nil
}

func openStorage(ctx context.Context, c config.Config, store *jetstream.Store) (*storage, *jetstream.Log, error) {
	values, err := store.KeyValue(ctx)
	if err != nil {
		return nil, nil, err
	}
	events, err := store.Log(ctx, jetstream.LogOptions{
		MaxAge: c.EventLog.MaxAge, MaxBytes: c.EventLog.MaxBytes, MaxAgeOf: maxAges(c.EventLog), DedupWindow: c.EventLog.DedupWindow,
	})
	if err != nil {
		return nil, nil, err
	}
	return &storage{events: events, values: values}, events, nil
}

func storeOptions(c config.Config, dir storeDir, log *slog.Logger) (jetstream.Options, error) {
	o := jetstream.Options{Logger: log}
	if c.StoreKind() == config.External {
		o.Prefix, o.Replicas = c.NATS.Prefix, c.NATS.Replicas
		o.URL, o.Credentials, o.CA, o.Cert, o.CertKey = string(c.NATS.URL), c.NATS.Credentials, c.NATS.CA, c.NATS.Cert, c.NATS.Key
		return o, nil
	}
	folder, err := filepath.Abs(string(dir))
	o.Dir, o.Key, o.SyncAlways = folder, []byte(c.EventLog.Key), c.EventLog.SyncAlways
	return o, err
}

// maxAges are those of kinds that need not live as long as messages.
func maxAges(c config.EventLog) map[domain.EventKind]time.Duration {
	ages := map[domain.EventKind]time.Duration{}
	for kind, age := range map[domain.EventKind]time.Duration{domain.KindTyping: c.TypingMaxAge, domain.KindReceipt: c.ReceiptMaxAge} {
		if age > 0 {
			ages[kind] = age
		}
	}
	return ages
}
