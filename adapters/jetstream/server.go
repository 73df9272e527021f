package jetstream

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sync/errgroup"
)

const (
	// maxPayload is what a message to the server in this process may have, in bytes.
	maxPayload = 8 << 20
	// syncInterval is how often what is in the system's memory goes to the disk.
	syncInterval = 10 * time.Second
	// startLimit bounds the start of a server in this process, with all it has to read.
	startLimit = 2 * time.Minute
	// stopLimit bounds its end.
	stopLimit = 5 * time.Second
	// maxMemory is for streams in memory; there are none.
	maxMemory = 64 << 20
	// maxQueuedBytes bounds what waits in the server for one stream. What comes when it is more is refused (429), while the rest of its batch
	// may be taken: the order would be lost. So it is more than is published ahead: 16 writers with an event of maxPayload each (or a batch of
	// 1 MiB) are 128 MiB, the server's own bound, and each may try again after 10 s, while a disk that hangs is given patience looks. In messages
	// the server's own bound, 100,000, is far beyond maxAhead.
	maxQueuedBytes = 1 << 30
	// maxStore is no bound: each stream has one of its own, and room watches the disk.
	maxStore = 1 << 50
)

// server is a NATS in this process, which opens no port. It can be started again in place, on the same folder.
type server struct {
	folder *folder
	power  *power
	config natsserver.Options
	log    *serverLog

	natsMu sync.Mutex         // guards nats
	nats   *natsserver.Server // nil while there is none
}

// openServer takes the folder and starts a server on it. Nothing is touched where the folder has another key or another owner.
func openServer(o Options) (*server, error) {
	dir, err := openFolder(o.Dir, o.Key)
	if err != nil {
		return nil, err
	}
	power, err := openPower(o.Dir, o.SyncAlways)
	if err != nil {
		dir.close()
		return nil, err
	}
	s := &server{
		folder: dir,
		power:  power,
		log:    newServerLog(o.Logger),
		config: natsserver.Options{
			ServerName:             "heliograph",
			DontListen:             true,
			JetStream:              true,
			StoreDir:               o.Dir,
			SyncAlways:             o.SyncAlways,
			SyncInterval:           syncInterval,
			JetStreamMaxMemory:     maxMemory,
			JetStreamMaxStore:      maxStore,
			JetStreamKey:           dir.secret,
			JetStreamCipher:        natsserver.AES,
			MaxPayload:             maxPayload,
			StreamMaxBufferedSize:  maxQueuedBytes,
			NoSigs:                 true,
			NoLog:                  true,
			DisableJetStreamBanner: true,
		},
	}
	if err := s.start(); err != nil {
		dir.close()
		return nil, err
	}
	return s, nil
}

// start starts a server and waits until it has all that is in the folder.
func (s *server) start() error {
	config := s.config // the server writes into it
	nats, err := natsserver.NewServer(&config)
	if err != nil {
		return fmt.Errorf("the store's server: %w", err)
	}
	s.log.fresh()
	nats.SetLogger(s.log, false, false)
	nats.Start()
	if err := s.settled(nats); err != nil {
		return errors.Join(fmt.Errorf("the store in %s does not open: %w", s.folder.path, err), halt(nats))
	}
	s.natsMu.Lock()
	defer s.natsMu.Unlock()
	s.nats = nats
	return nil
}

// settled says what keeps a server that was started from working.
func (s *server) settled(nats *natsserver.Server) error {
	if err := s.log.fatal(); err != nil {
		return err // it would never be ready
	}
	if !nats.ReadyForConnections(startLimit) {
		return errors.New("it takes too long")
	}
	return healthOf(nats)
}

// stop ends the server, if there is one; it can be started again.
func (s *server) stop() error {
	s.natsMu.Lock()
	nats := s.nats
	s.nats = nil
	s.natsMu.Unlock()
	if nats == nil {
		return nil
	}
	return halt(nats)
}

// halt ends a server. One that does not end within stopLimit is left alone, and nothing else may use its folder then.
func halt(nats *natsserver.Server) error {
	var ending errgroup.Group
	ended := make(chan struct{})
	ending.Go(func() error {
		defer close(ended)
		nats.Shutdown()
		nats.WaitForShutdown()
		return nil
	})
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-ended:
		return ending.Wait()
	case <-limit.C:
		return errStuck
	}
}

// errStuck says that the server in this process cannot be ended, so only the end of the process helps.
var errStuck = errors.New("the store's server does not end")

// close ends the server for good and gives the folder back, unless the server is stuck in it.
func (s *server) close() {
	if s.stop() == nil {
		if err := s.power.end(); err != nil {
			s.log.Warnf("the store was not closed in order: %v", err)
		}
		s.folder.close()
	}
}

// health says what is wrong with the server: not there, JetStream off, a stream that could not be read or written.
func (s *server) health() error {
	s.natsMu.Lock()
	nats := s.nats
	s.natsMu.Unlock()
	if nats == nil {
		return errors.New("it is not running")
	}
	return healthOf(nats)
}

func healthOf(nats *natsserver.Server) error {
	if h := nats.Healthz(&natsserver.HealthzOptions{}); h.StatusCode != http.StatusOK {
		return errors.New(h.Error)
	}
	return nil
}

// InProcessConn is for nats.InProcessServer: a connection to the server that runs now.
func (s *server) InProcessConn() (net.Conn, error) {
	s.natsMu.Lock()
	nats := s.nats
	s.natsMu.Unlock()
	if nats == nil {
		return nil, errors.New("the store's server is being started again")
	}
	return nats.InProcessConn()
}
