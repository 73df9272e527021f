package wsapi_test

import (
	"context"
	"encoding/binary"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/wsapi"
	"heliograph/domain"
	"heliograph/ports"
)

// ends collects the close codes that a Handler reports.
type ends struct {
	mu    sync.Mutex
	codes []int
	lost  []domain.EventKind
}

func (e *ends) options() wsapi.Options {
	return wsapi.Options{
		Ended: func(code int) { e.mu.Lock(); defer e.mu.Unlock(); e.codes = append(e.codes, code) },
		Lost:  func(k domain.EventKind) { e.mu.Lock(); defer e.mu.Unlock(); e.lost = append(e.lost, k) },
	}
}

func (e *ends) want(t testing.TB, codes ...int) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.codes) != len(codes) {
		t.Fatalf("connections ended with %v, want %v", e.codes, codes)
	}
	for i := range codes {
		if e.codes[i] != codes[i] {
			t.Fatalf("connections ended with %v, want %v", e.codes, codes)
		}
	}
}

// inBubble runs test with virtual time and a Handler that is shut down at the end.
func inBubble(t *testing.T, test func(t *testing.T, h *wsapi.Handler, s *source, e *ends)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, e := &source{}, &ends{}
		h := wsapi.New(s, e.options())
		test(t, h, s, e)
		if err := h.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		for i := range s.streams {
			select {
			case <-s.stream(i).stopped:
			default:
				t.Errorf("stream %d was not stopped", i)
			}
		}
	})
}

func TestPayloadsArriveUntouchedInOrder(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dial(t, h)
		var payloads []string
		for _, n := range []int{2, 125, 126, 127, 300, 32000, 32<<10 - 10, 32 << 10, 65535, 65536, 1 << 20, 1, 70_000, 3} {
			payloads = append(payloads, strings.Repeat("x", n-1)+string(rune('a'+len(payloads))))
		}
		s.stream(0).put(payloads...)
		for _, payload := range payloads {
			p.want(opText, payload)
		}
		p.write(opClose, "\x03\xe8")
		p.wantClose(1000)
		p.gone()
		synctest.Wait()
		e.want(t, 1000)
	})
}

func TestDefect12LongClientMessageIsTolerated(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dial(t, h)
		for _, n := range []int{0, 100, 600, 70_000, 1 << 20} {
			p.write(opText, strings.Repeat("y", n))
			s.stream(0).put("still here")
			p.want(opText, "still here")
		}
		go p.write(opText, strings.Repeat("y", 1<<20+1))
		p.wantClose(1009)
		_ = p.conn.Close()
	})
}

func TestPingsAreAnswered(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, _ *ends) {
		p, _ := dial(t, h)
		p.write(opPing, "hello")
		p.want(opPong, "hello")
		s.stream(0).put("x")
		p.want(opText, "x")
		_ = p.conn.Close()
	})
}

func TestShutdownClosesWith1001(t *testing.T) {
	for _, answers := range []bool{true, false} {
		inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
			p, _ := dial(t, h)
			done := make(chan error, 1)
			begun := time.Now()
			go func() { done <- h.Shutdown(context.Background()) }()
			p.wantClose(1001)
			if answers {
				p.write(opClose, "\x03\xe9")
			}
			p.gone()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if took := time.Since(begun); took > 2*time.Second {
				t.Errorf("shutdown took %v", took)
			}
			e.want(t, 1001)
			if _, w := dial(t, h); w.status != http.StatusServiceUnavailable || !strings.Contains(w.body.String(), `"code":"unavailable"`) {
				t.Errorf("upgrade after shutdown: %d %s", w.status, w.body.String())
			}
		})
	}
}

func TestShutdownDoesNotWaitForAPeerThatStoppedReading(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dial(t, h)
		s.stream(0).put("never read")
		synctest.Wait()
		begun := time.Now()
		if err := h.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("shutdown took %v", took)
		}
		p.gone()
	})
}

func TestHubThatEndsClosesWith1001(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dial(t, h)
		s.stream(0).Stop()
		p.wantClose(1001)
		_ = p.conn.Close()
		synctest.Wait()
		e.want(t, 1001)
	})
}

func TestDefect10StalledClientEndsAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		stalled, _ := dial(t, h)
		other, _ := dial(t, h)
		s.stream(0).put("nobody reads this")
		for range 100 {
			s.stream(1).put("x")
			other.want(opText, "x")
		}
		e.want(t)
		begun := time.Now()
		<-s.stream(0).stopped
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("the stalled client held on for %v", took)
		}
		stalled.gone()
		synctest.Wait()
		e.want(t, 1008)
		s.stream(1).put("y")
		other.want(opText, "y")
		_ = other.conn.Close()
		synctest.Wait()
		e.want(t, 1008, 1000)
	})
}

func TestPeerWithoutSignOfLifeIsClosedWith1008(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dial(t, h)
		begun := time.Now()
		for range 3 { // answered: it goes on
			p.want(opPing, "")
			p.write(opPong, "")
		}
		p.want(opPing, "")
		p.wantClose(1008)
		if took := time.Since(begun); took != 150*time.Second {
			t.Errorf("closed after %v", took)
		}
		p.gone()
		synctest.Wait()
		e.want(t, 1008)
	})
}

func TestPeerThatVanishesFreesItsReader(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dial(t, h)
		_ = p.conn.Close()
		<-s.stream(0).stopped
		synctest.Wait()
		e.want(t, 1000)
	})
}

func TestLostEventsAreToldAndTheStreamGoesOn(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dial(t, h)
		s.stream(0).put("a")
		s.stream(0).events <- &domain.Event{Kind: domain.KindGap, Gap: &domain.Gap{}}
		s.stream(0).events <- &domain.Event{Kind: domain.KindReset}
		s.stream(0).put("b")
		p.want(opText, "a")
		p.want(opText, "b")
		if len(e.lost) != 2 {
			t.Errorf("lost %v", e.lost)
		}
		_ = p.conn.Close()
	})
}

func TestClientsThatAskAreToldOfLostEvents(t *testing.T) {
	after, next := domain.Cursor{Epoch: 1, Seq: 2}, domain.Cursor{Epoch: 1, Seq: 5}
	for _, told := range []bool{true, false} {
		inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
			p, _ := dialWith(t, h, ports.SocketOptions{Gaps: told})
			s.stream(0).put("a")
			s.stream(0).events <- &domain.Event{Kind: domain.KindGap, Gap: &domain.Gap{After: after, Next: next}}
			s.stream(0).events <- &domain.Event{Kind: domain.KindReset, Cursor: next}
			s.stream(0).put("b")
			p.want(opText, "a")
			if told {
				p.want(opText, `{"gap":{"after":"`+after.String()+`","next":"`+next.String()+`"}}`)
				p.want(opText, `{"reset":{"next":"`+next.String()+`"}}`)
			}
			p.want(opText, "b")
			_ = p.conn.Close()
		})
	}
}

func TestPanicEndsOneConnectionWith1011(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dial(t, h)
		other, _ := dial(t, h)
		s.stream(0).events <- nil
		p.wantClose(1011)
		_ = p.conn.Close()
		s.stream(1).put("x")
		other.want(opText, "x")
		_ = other.conn.Close()
	})
}

func TestNothingFollowsACloseFrame(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		for i := range 50 {
			p, _ := dial(t, h)
			go func() {
				for range 100 {
					s.stream(i).put("x")
				}
			}()
			for range i {
				p.want(opText, "x")
			}
			go p.write(opClose, "\x03\xe8")
			p.wantClose(1000)
			p.gone()
		}
	})
}

func TestSubscriptionThatRefusesIs503(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, _ *ends) {
		s.refuse = domain.Errorf(domain.Unavailable, "", "the hub has stopped")
		if _, w := dial(t, h); w.status != http.StatusServiceUnavailable || !strings.Contains(w.body.String(), "the hub has stopped") {
			t.Errorf("%d %s", w.status, w.body.String())
		}
	})
}

func TestBadHandshakeStopsTheStream(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, _ *ends) {
		w := &upgrade{header: http.Header{}}
		r := newRequest()
		r.Header.Del("Sec-WebSocket-Key")
		h.Serve(w, r, reader, ports.SocketOptions{})
		if w.status != http.StatusBadRequest || !strings.HasPrefix(w.body.String(), `{"error":"`) || strings.Contains(w.body.String(), "text/plain") {
			t.Errorf("%d %v %s", w.status, w.header, w.body.String())
		}
	})
}

func closeCode(payload string) uint16 { return binary.BigEndian.Uint16([]byte(payload)) }
