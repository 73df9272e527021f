package wsapi_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/wsapi"
	"heliograph/ports"
)

var reader = ports.Reader{Transport: "websocket", Name: "test"}

// serve runs h on a real socket and gives a way to open WebSockets to it.
func serve(t *testing.T, h *wsapi.Handler) func() *peer {
	t.Helper()
	return serveAs(t, h, reader, ports.SocketOptions{})
}

func serveAs(t *testing.T, h *wsapi.Handler, reader ports.Reader, options ports.SocketOptions) func() *peer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Serve(w, r, reader, options) })}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	return func() *peer {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(30 * time.Second)) // a hang limit
		in := bufio.NewReader(conn)
		r := newRequest()
		if err := r.Write(conn); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(in, r)
		if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("%v %v", response, err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return &peer{t: t, conn: conn, in: in}
	}
}

func TestPingFloodNeverMixesWithEvents(t *testing.T) {
	const events, pings = 5000, 5000
	s := &source{}
	h := wsapi.New(s, wsapi.Options{})
	p := serve(t, h)()
	var flood sync.WaitGroup
	flood.Go(func() {
		for i := range pings {
			p.write(opPing, "ping "+strconv.Itoa(i))
		}
	})
	flood.Go(func() {
		for i := range events {
			s.stream(0).put("event " + strconv.Itoa(i))
		}
	})
	texts, pongs := 0, 0
	for texts < events || pongs < pings {
		f, err := p.read()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case f.opcode == opText && f.payload == "event "+strconv.Itoa(texts):
			texts++
		case f.opcode == opPong && f.payload == "ping "+strconv.Itoa(pongs):
			pongs++
		default:
			t.Fatalf("frame %d %q after %d events and %d pongs", f.opcode, f.payload, texts, pongs)
		}
	}
	flood.Wait()
	if err := h.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestShutdownInTheMiddleOfEverything(t *testing.T) {
	s := &source{}
	h := wsapi.New(s, wsapi.Options{})
	connect := serve(t, h)
	const peers = 20
	var all sync.WaitGroup
	stop := make(chan struct{})
	for i := range peers {
		p := connect()
		source := s.stream(i)
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-source.stopped:
					return
				default:
					source.put(strconv.Itoa(n))
				}
			}
		})
		all.Go(func() {
			if i%3 == 0 { // one that pings all the time
				for range 1000 {
					p.write(opPing, "x")
				}
			}
		})
		all.Go(func() {
			for n := 0; ; {
				f, err := p.read()
				if err != nil {
					t.Errorf("peer %d saw no close frame: %v", i, err)
					return
				}
				switch f.opcode {
				case opText:
					if f.payload != strconv.Itoa(n) {
						t.Errorf("peer %d got %q, want %d", i, f.payload, n)
						return
					}
					n++
					if i%5 == 0 && n == 500 { // one that leaves by itself
						p.write(opClose, "\x03\xe8")
					}
				case opClose:
					if code := closeCode(f.payload); code != 1001 && code != 1000 {
						t.Errorf("peer %d closed with %d", i, code)
					}
					p.write(opClose, f.payload)
					return
				}
			}
		})
	}
	for range peers { // some upgrades race with the shutdown
		all.Go(func() {
			ours, theirs := net.Pipe()
			defer func() { _ = ours.Close() }()
			w := &upgrade{conn: theirs, header: http.Header{}}
			h.Serve(w, newRequest(), reader, ports.SocketOptions{})
			_ = theirs
		})
	}
	time.Sleep(50 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	close(stop)
	all.Wait()
}
