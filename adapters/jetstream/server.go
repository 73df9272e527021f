package jetstream

import (
	"errors"
	"net"

	natsserver "github.com/nats-io/nats-server/v2/server"
)

// maxPayload is what a message to the server in this process may have, in bytes.
const maxPayload = 8 << 20

// server is a NATS in this process, which opens no port.
type server struct{ nats *natsserver.Server }

func startServer(o Options) (*server, error) {
	nats, err := natsserver.NewServer(&natsserver.Options{
		ServerName: "heliograph",
		DontListen: true,
		JetStream:  true,
		StoreDir:   o.Dir,
		SyncAlways: o.SyncAlways,
		MaxPayload: maxPayload,
		NoSigs:     true,
		NoLog:      true,
	})
	if err != nil {
		return nil, err
	}
	nats.Start()
	if !nats.ReadyForConnections(openTimeout) {
		nats.Shutdown()
		return nil, errors.New("the event log's server does not start")
	}
	return &server{nats}, nil
}

// InProcessConn is for nats.InProcessServer.
func (s *server) InProcessConn() (net.Conn, error) { return s.nats.InProcessConn() }

func (s *server) stop() {
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
}
