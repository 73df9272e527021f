package jetstream_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// proxy stands between a client and a server of NATS and loses acknowledgements of what was stored.
type proxy struct {
	listener net.Listener
	to       string
	lose     atomic.Int64 // the acknowledgement that is lost next, counted down; 0 for none
}

// startProxy listens in front of a server, `nats://host:port`.
func startProxy(t testing.TB, url string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	p := &proxy{listener: listener, to: strings.TrimPrefix(url, "nats://")}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

func (p *proxy) url() string { return "nats://" + p.listener.Addr().String() }

// loseAck loses the n-th acknowledgement from now, the first is 1.
func (p *proxy) loseAck(n int) { p.lose.Store(int64(n)) }

func (p *proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = client.Close()
		return
	}
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	_ = p.copyAnswers(client, bufio.NewReader(server))
	_ = client.Close()
}

// copyAnswers passes on what the server says, but for what is to be lost.
func (p *proxy) copyAnswers(client io.Writer, server *bufio.Reader) error {
	for {
		line, err := server.ReadBytes('\n')
		if err != nil {
			return err
		}
		var body []byte
		if fields := strings.Fields(string(line)); len(fields) > 3 && (fields[0] == "MSG" || fields[0] == "HMSG") {
			var length int
			if _, err := fmt.Sscan(fields[len(fields)-1], &length); err != nil {
				return err
			}
			body = make([]byte, length+2)
			if _, err := io.ReadFull(server, body); err != nil {
				return err
			}
		}
		if bytes.HasPrefix(body, []byte(`{"stream":`)) && p.lose.Load() > 0 && p.lose.Add(-1) == 0 {
			continue
		}
		if _, err := client.Write(append(line, body...)); err != nil {
			return err
		}
	}
}
