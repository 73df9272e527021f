package natsserver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Cluster is several servers that keep things together.
type Cluster struct {
	// Servers are its members. Their Restart does not wait for the cluster: see WaitReady.
	Servers []*Server
}

// StartCluster runs a cluster of so many servers and waits until it has a leader.
func StartCluster(t testing.TB, servers int, options Options) *Cluster {
	t.Helper()
	ports := freePorts(t, 3*servers)
	clients, watches, routes := ports[:servers], ports[servers:2*servers], ports[2*servers:]
	var peers []string
	for _, port := range routes {
		peers = append(peers, fmt.Sprintf("nats://127.0.0.1:%d", port))
	}
	c := &Cluster{}
	for i := range servers {
		s := &Server{t: t, name: fmt.Sprintf("node%d", i+1), dir: t.TempDir(), options: options, port: clients[i], watch: watches[i]}
		s.write(fmt.Sprintf("cluster { name: test, listen: %q, routes: [%s] }",
			fmt.Sprintf("127.0.0.1:%d", routes[i]), strings.Join(peers, ", ")))
		c.Servers = append(c.Servers, s)
		s.Restart()
	}
	c.WaitReady()
	return c
}

// URL names all servers, with commas between.
func (c *Cluster) URL() string {
	var urls []string
	for _, s := range c.Servers {
		urls = append(urls, s.URL())
	}
	return strings.Join(urls, ",")
}

// WaitReady waits until each running server has all that it keeps, and JetStream answers; a majority must be running.
func (c *Cluster) WaitReady() {
	for _, s := range c.Servers {
		s.t.Helper()
		if !s.process.hasEnded() && !s.process.paused {
			s.waitReady()
		}
	}
}

// answers asks JetStream for an answer, which in a cluster needs a leader.
func answers(url, user string) error {
	options := []nats.Option{nats.NoReconnect(), nats.Timeout(time.Second)}
	if name, password, ok := strings.Cut(user, ":"); ok {
		options = append(options, nats.UserInfo(name, password))
	}
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err = js.AccountInfo(ctx)
	return err
}

// Leader is the server that leads a stream.
func (c *Cluster) Leader(stream string) (leader *Server) {
	t := c.Servers[0].t
	t.Helper()
	c.Servers[0].waitFor("has a stream with a leader", func() error {
		return c.ask(func(ctx context.Context, _ *nats.Conn, js jetstream.JetStream) error {
			s, err := js.Stream(ctx, stream)
			if err != nil {
				return err
			}
			for _, server := range c.Servers {
				if info := s.CachedInfo(); info.Cluster != nil && info.Cluster.Leader == server.name {
					leader = server
					return nil
				}
			}
			return errors.New("nobody leads")
		})
	})
	return leader
}

// StepDown has another server lead a stream.
func (c *Cluster) StepDown(stream string) {
	t := c.Servers[0].t
	t.Helper()
	c.Servers[0].waitFor("has a leader that steps down", func() error {
		return c.ask(func(ctx context.Context, conn *nats.Conn, _ jetstream.JetStream) error {
			_, err := conn.RequestWithContext(ctx, "$JS.API.STREAM.LEADER.STEPDOWN."+stream, nil)
			return err
		})
	})
}

// ask has f ask the cluster.
func (c *Cluster) ask(f func(context.Context, *nats.Conn, jetstream.JetStream) error) error {
	conn, err := nats.Connect(c.URL())
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return f(ctx, conn, js)
}
