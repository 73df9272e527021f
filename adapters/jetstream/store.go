package jetstream

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// DefaultPrefix begins the names of all that a Store makes.
const DefaultPrefix = "heliograph"

// Options say where things are kept. Either Dir or URL must be set.
type Options struct {
	// Dir is the folder of a NATS in this process; one process at a time may have it.
	Dir string
	// Key encrypts what is in Dir, at least MinKey bytes; empty for none. A folder keeps the key it began with.
	Key []byte
	// SyncAlways writes through to the disk before anything is acknowledged; in this process only. Without it that is done every
	// syncInterval, and what a power cut takes is what came since.
	SyncAlways bool

	// URL is that of NATS servers elsewhere, several with commas between; it may hold `user:password@` or `token@`.
	URL string
	// Credentials is a file with a user's JWT and seed, or with the seed of an nkey alone; empty for none.
	Credentials string
	// CA is a file with the certificates to trust; empty for those of the system.
	CA string
	// Cert and CertKey are files with a certificate to show and its key; both or none.
	Cert, CertKey string
	// Replicas is how many servers of a cluster keep each thing (1); always 1 in this process.
	Replicas int

	// Prefix begins the names of streams ("heliograph"), so that several gateways that share nothing can share servers. [A-Za-z0-9_-]+
	Prefix string
	// Logger gets outages and what the server in this process has to say; nil for none.
	Logger *slog.Logger

	// withoutReserve lets the disk fill to the last byte, for tests of what happens then.
	withoutReserve bool
}

// Store is a NATS that keeps things, in this process or elsewhere. What it hands out lives as long as it.
type Store struct {
	options Options
	server  *server // nil where NATS is elsewhere
	conn    *nats.Conn
	js      jetstream.JetStream
	link    atomic.Pointer[link]
	// failing says that the last look found something wrong.
	failing atomic.Bool
	used    atomic.Uint64 // bytes, as of the last look

	logsMu sync.Mutex // guards logs
	logs   []*Log     // that are open
}

// openTimeout bounds Open where ctx does not.
const openTimeout = 30 * time.Second

// maxAhead bounds what is published ahead of its acknowledgements, in messages: less than what the server drops when it is more.
const maxAhead = 8192

// callTimeout bounds each exchange with a server.
const callTimeout = 10 * time.Second

// Open starts or reaches NATS and fails where that cannot be done, for servers elsewhere after 30 s or ctx's deadline. Close must
// follow, Run should run. Errors name no credentials.
func Open(ctx context.Context, options Options) (*Store, error) {
	if options.Prefix == "" {
		options.Prefix = DefaultPrefix
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	options.Replicas = max(1, options.Replicas)
	s := &Store{options: options}
	s.linked(ctx)
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	open := s.reach
	if options.URL == "" {
		s.options.Replicas = 1
		open = s.embed
	}
	if err := open(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// embed starts a server in this process.
func (s *Store) embed(context.Context) (err error) {
	if s.options.Dir == "" {
		return errors.New("neither a folder nor a URL says where to keep things")
	}
	if s.server, err = openServer(s.options); err != nil {
		return err
	}
	if s.conn, err = nats.Connect("", append(s.always(), nats.InProcessServer(s.server), nats.ReconnectWait(embeddedWait), nats.ReconnectJitter(0, 0))...); err != nil {
		return err
	}
	s.js, err = newJetStream(s.conn)
	return err
}

func newJetStream(conn *nats.Conn) (jetstream.JetStream, error) {
	return jetstream.New(conn, jetstream.WithDefaultTimeout(callTimeout), jetstream.WithPublishAsyncMaxPending(maxAhead))
}

// Close ends everything that belongs to the store, a server in this process last. It may be called again.
func (s *Store) Close() {
	if s.conn != nil {
		s.conn.Close()
	}
	if s.server != nil {
		s.server.close()
	}
	s.link.Load().lose()
}

// maxPayload is the largest message that the server takes, in bytes.
func (s *Store) maxPayload() int { return int(s.conn.MaxPayload()) }
