package jetstream

import (
	"context"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// DefaultPrefix begins the names of all that a Store makes.
const DefaultPrefix = "heliograph"

// Options say where things are kept. Either Dir or URL must be set.
type Options struct {
	// Dir is the folder of a NATS in this process.
	Dir string
	// URL is that of NATS servers elsewhere, several with commas between.
	URL string
	// Prefix begins the names of streams and buckets ("heliograph"), so that several gateways that share nothing can share servers.
	Prefix string
	// Replicas is how many servers of a cluster keep each thing (1); always 1 in this process.
	Replicas int
	// SyncAlways writes through to the disk before anything is acknowledged; in this process only.
	SyncAlways bool
	// Logger gets outages and what the server in this process has to say; nil for none.
	Logger *slog.Logger
}

// Store is a NATS that keeps things, in this process or elsewhere. What it hands out lives as long as it.
type Store struct {
	options Options
	server  *server // nil where NATS is elsewhere
	conn    *nats.Conn
	js      jetstream.JetStream
}

// openTimeout bounds Open where ctx does not.
const openTimeout = 30 * time.Second

// Open starts or reaches NATS and fails where that cannot be done. Close must follow.
func Open(ctx context.Context, options Options) (*Store, error) {
	if options.Prefix == "" {
		options.Prefix = DefaultPrefix
	}
	options.Replicas = max(1, options.Replicas)
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{options: options}
	var err error
	if options.URL == "" {
		if s.server, err = startServer(options); err != nil {
			return nil, err
		}
		s.conn, err = nats.Connect("", nats.InProcessServer(s.server))
	} else {
		s.conn, err = nats.Connect(options.URL)
	}
	if err == nil {
		s.js, err = jetstream.New(s.conn)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close ends everything that belongs to the store, a server in this process last.
func (s *Store) Close() {
	if s.conn != nil {
		s.conn.Close()
	}
	if s.server != nil {
		s.server.stop()
	}
}

// MaxPayload is the largest message that the server takes, in bytes.
func (s *Store) maxPayload() int { return int(s.conn.MaxPayload()) }
