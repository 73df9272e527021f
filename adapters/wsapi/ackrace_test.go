package wsapi_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/wsapi"
	"heliograph/ports"
)

// awaitPlace waits until s was acknowledged up to place.
func awaitPlace(t *testing.T, s *stream, place uint64) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); s.place() != place; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the place is %d, want %d", s.place(), place)
		}
	}
}

func inOrder(t *testing.T, s *stream) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 1; i < len(s.acked); i++ {
		if s.acked[i].Seq < s.acked[i-1].Seq {
			t.Errorf("%v was acknowledged after %v", s.acked[i], s.acked[i-1])
		}
	}
}

var named = ports.Reader{Transport: "websocket", Name: "test", Remember: "bot"}

// Each client acknowledges every event while more come, with garbage, pings and unasked pongs in between.
func TestAcksPingsPongsAndGarbageAtOnce(t *testing.T) {
	const peers, events = 4, 2000
	s := &source{}
	h := wsapi.New(s, wsapi.Options{})
	connect := serveAs(t, h, named, ports.SocketOptions{Events: true, Gaps: true, Ack: ports.AckExplicit})
	var all sync.WaitGroup
	for i := range peers {
		p := connect()
		stream := s.stream(i)
		all.Go(func() { stream.number(1, events) })
		written := make(chan struct{})
		cursors := make(chan string, events)
		all.Go(func() {
			defer close(written)
			n := 0
			for c := range cursors {
				p.write(opText, `{"ack":"`+c+`"}`)
				switch n++; n % 10 {
				case 1:
					p.write(opText, "garbage")
				case 2:
					p.write(opPing, strconv.Itoa(n))
				case 3:
					p.write(opPong, strconv.Itoa(n))
				case 4:
					p.write(opText, `{"ack":"`+at(uint64(1000*events)).String()+`"}`)
				}
			}
		})
		all.Go(func() {
			for got, acked := uint64(0), ""; acked != at(events).String(); {
				f, err := p.read()
				switch {
				case err != nil:
					t.Errorf("peer %d after %d events: %v", i, got, err)
					return
				case f.opcode == opPong:
				case f.opcode != opText:
					t.Errorf("peer %d got frame %d %.60q", i, f.opcode, f.payload)
					return
				case strings.HasPrefix(f.payload, `{"acked":"`):
					acked = strings.TrimSuffix(strings.TrimPrefix(f.payload, `{"acked":"`), `"}`)
				case strings.HasPrefix(f.payload, `{"error":"`):
				default:
					if got++; f.payload != eventFrame(got) {
						t.Errorf("peer %d got %.100q as event %d", i, f.payload, got)
						return
					}
					cursors <- at(got).String()
					if got == events {
						close(cursors)
					}
				}
			}
			<-written
		})
	}
	all.Wait()
	for i := range peers {
		awaitPlace(t, s.stream(i), events)
		inOrder(t, s.stream(i))
	}
	if err := h.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// A client floods with pongs while it answers the pings that come: the place never passes what it was given.
func TestPongFloodMovesNothingAhead(t *testing.T) {
	const events = 3000
	s := &source{}
	h := wsapi.New(s, wsapi.Options{})
	p := serveAs(t, h, named, ports.SocketOptions{Ack: ports.AckPong})()
	stream := s.stream(0)
	var all sync.WaitGroup
	all.Go(func() { stream.number(1, events) })
	all.Go(func() {
		for got, n := uint64(0), 0; ; {
			f, err := p.read()
			switch {
			case err != nil:
				t.Errorf("after %d events: %v", got, err)
				return
			case f.opcode == opClose:
				p.write(opClose, f.payload)
				return
			case f.opcode == opText:
				if got++; f.payload != strconv.FormatUint(got, 10) {
					t.Errorf("got %q as event %d", f.payload, got)
					return
				}
			case f.opcode == opPing:
				if place := stream.place(); place > got {
					t.Errorf("the place is %d after %d events", place, got)
				}
				p.write(opPong, f.payload)
				for range 5 {
					n++
					p.write(opPong, "flood "+strconv.Itoa(n))
				}
			}
		}
	})
	awaitPlace(t, stream, events)
	inOrder(t, stream)
	if err := h.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	all.Wait()
}
