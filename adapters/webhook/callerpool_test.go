package webhook_test

import (
	"bufio"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heliograph/adapters/webhook"
	"heliograph/domain"
)

// connections counts those of servers.
type connections struct{ opened, open atomic.Int64 }

// count is told by a server.
func (n *connections) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		n.opened.Add(1)
		n.open.Add(1)
	case http.StateClosed:
		n.open.Add(-1)
	}
}

// serve is a server whose connections are counted and that answers once all of a party have called, so that they do so side by side.
func (n *connections) serve(t *testing.T, party int) *httptest.Server {
	t.Helper()
	var together sync.WaitGroup
	together.Add(party)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		together.Done()
		together.Wait()
	}))
	s.Config.ConnState = n.count
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// await waits until so many are open.
func (n *connections) await(t *testing.T, want int64) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); n.open.Load() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d connections are open, want %d", n.open.Load(), want)
		}
	}
}

// all calls each of the addresses, side by side.
func all(t *testing.T, c *webhook.Caller, addresses ...string) {
	t.Helper()
	var calls sync.WaitGroup
	for _, address := range addresses {
		calls.Go(func() {
			if _, err := c.Call(t.Context(), callOf(address)); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
}

// Calls wait for no connection; those left are bounded by host and in all, and end with the caller or after their time.
func TestConnectionsLeftOpenAreBounded(t *testing.T) {
	t.Run("to a host", func(t *testing.T) {
		var n connections
		s := n.serve(t, 20)
		c := caller(t, webhook.CallerOptions{MaxIdlePerHost: 3})
		addresses := make([]string, 20)
		for i := range addresses {
			addresses[i] = s.URL
		}
		all(t, c, addresses...)
		n.await(t, 3)
		c.Close()
		n.await(t, 0)
	})
	t.Run("in all", func(t *testing.T) {
		var n connections
		c := caller(t, webhook.CallerOptions{MaxIdle: 5})
		var addresses []string
		for range 20 {
			addresses = append(addresses, n.serve(t, 1).URL)
		}
		all(t, c, addresses...)
		n.await(t, 5)
		c.Close()
		n.await(t, 0)
	})
	t.Run("in time", func(t *testing.T) {
		var n connections
		all(t, caller(t, webhook.CallerOptions{IdleTimeout: time.Millisecond}), n.serve(t, 1).URL)
		n.await(t, 0)
	})
}

func TestCallsShareConnections(t *testing.T) {
	var n connections
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 64<<10-1)) }))
	s.Config.ConnState = n.count
	s.Start()
	t.Cleanup(s.Close)
	c := caller(t, webhook.CallerOptions{})
	for range 10 {
		all(t, c, s.URL)
	}
	if opened := n.opened.Load(); opened != 1 {
		t.Errorf("%d connections", opened)
	}
}

func TestCallsShareAnHTTP2Connection(t *testing.T) {
	var n connections
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err != nil || r.ProtoMajor != 2 || string(body) != event {
			t.Errorf("%s: %s, %v", r.Proto, body, err)
		}
		w.WriteHeader(http.StatusGone)
		_, _ = w.Write(make([]byte, 1<<20))
	}))
	s.Config.ConnState = n.count
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	c := caller(t, webhook.CallerOptions{RootCAs: pool})
	addresses := make([]string, 32)
	for i := range addresses {
		addresses[i] = s.URL
	}
	for _, calls := range []int{1, 32} { // the second lot finds the connection of the first
		all(t, c, addresses[:calls]...)
	}
	if opened := n.opened.Load(); opened != 1 {
		t.Errorf("%d connections", opened)
	}
	if answer, err := c.Call(t.Context(), callOf(s.URL)); err != nil || answer.Status != http.StatusGone {
		t.Errorf("%+v, %v", answer, err)
	}
	c.Close()
	n.await(t, 0)
}

// Many receivers close a connection that waited some seconds, just when the next call is on its way. Such a call goes out again, on another one.
func TestConnectionsThatEndedMeanwhileAreReplaced(t *testing.T) {
	var opened, arrived atomic.Int64
	address := rawServer(t, func(conn net.Conn) {
		opened.Add(1)
		r := bufio.NewReader(conn)
		for answered := range 2 {
			body, err := readRequest(r)
			if err != nil || string(body) != event {
				return
			}
			arrived.Add(1)
			if answered == 1 {
				return // without an answer
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 204 OK\r\n\r\n")
		}
	})
	c := caller(t, webhook.CallerOptions{})
	for range 3 {
		all(t, c, "http://"+address)
	}
	if opened.Load() != 3 || arrived.Load() != 5 {
		t.Errorf("%d connections, %d calls arrived", opened.Load(), arrived.Load())
	}
}

// A connection that ends before its first answer is no such case.
func TestFreshConnectionsThatEndAreAFailure(t *testing.T) {
	var opened atomic.Int64
	address := rawServer(t, func(conn net.Conn) {
		opened.Add(1)
		_, _ = readRequest(bufio.NewReader(conn))
	})
	if _, err := caller(t, webhook.CallerOptions{}).Call(t.Context(), callOf("http://"+address)); domain.KindOf(err) != domain.Unavailable || opened.Load() != 1 {
		t.Errorf("%v after %d connections", err, opened.Load())
	}
}

// A receiver that hangs takes nothing from others on the same host.
func TestThoseWhoHangHoldUpNobody(t *testing.T) {
	var hanging sync.WaitGroup
	hanging.Add(50)
	over := make(chan struct{})
	s := server(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hangs" {
			hanging.Done()
			<-over
		}
	})
	c := caller(t, webhook.CallerOptions{})
	var calls sync.WaitGroup
	for range 50 {
		calls.Go(func() {
			if _, err := c.Call(t.Context(), callOf(s.URL+"/hangs")); err != nil {
				t.Error(err)
			}
		})
	}
	hanging.Wait()
	for range 20 {
		all(t, c, s.URL+"/quick")
	}
	close(over)
	calls.Wait()
}
