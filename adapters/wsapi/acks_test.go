package wsapi_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/wsapi"
	"heliograph/domain"
	"heliograph/ports"
)

// nextPing reads up to a ping with a payload and gives that; texts on the way are counted.
func (p *peer) nextPing(texts *int) string {
	p.t.Helper()
	for {
		f, err := p.read()
		switch {
		case err != nil:
			p.t.Fatalf("waiting for a ping: %v", err)
		case f.opcode == opText:
			*texts++
		case f.opcode == opPing && f.payload == "":
			p.write(opPong, "")
		case f.opcode == opPing:
			return f.payload
		default:
			p.t.Fatalf("frame %d %q", f.opcode, f.payload)
		}
	}
}

func wantPlace(t testing.TB, s *stream, place uint64) {
	t.Helper()
	synctest.Wait()
	if got := s.place(); got != place {
		t.Fatalf("the place is %d, want %d", got, place)
	}
}

func eventFrame(n uint64) string {
	return string((&domain.Event{Kind: domain.KindMessage, Cursor: at(n), Payload: fmt.Append(nil, n)}).AppendJSON(nil))
}

func TestPongMovesThePlaceToWhatWasWrittenBeforeThePing(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckPong})
		texts := 0
		s.stream(0).number(1, 3)
		first := p.nextPing(&texts)
		if texts != 3 && texts != 1 { // as many as were there when it looked
			t.Fatalf("the ping came after %d messages", texts)
		}
		wrote := uint64(texts)
		for n := wrote + 1; n <= 3; n++ {
			p.want(opText, strconv.FormatUint(n, 10))
		}
		s.stream(0).number(4, 5)
		p.want(opText, "4")
		p.want(opText, "5")
		wantPlace(t, s.stream(0), 0)
		p.write(opPong, "not it")
		p.write(opPong, "")
		wantPlace(t, s.stream(0), 0)
		p.write(opPong, first)
		second := p.nextPing(&texts)
		wantPlace(t, s.stream(0), wrote)
		if second == first {
			t.Error("two pings have one payload")
		}
		p.write(opPong, second)
		wantPlace(t, s.stream(0), 5)
		_ = p.conn.Close()
	})
}

func TestOnePingIsOutstanding(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckPong})
		pings := 0
		for n := uint64(1); n <= 20; n++ {
			go s.stream(0).number(n, n)
			for {
				f, err := p.read()
				if err != nil {
					t.Fatal(err)
				}
				if f.opcode == opPing {
					pings++
					continue
				}
				break
			}
			time.Sleep(time.Millisecond)
		}
		if pings != 1 {
			t.Errorf("%d pings are outstanding", pings)
		}
		wantPlace(t, s.stream(0), 0)
		_ = p.conn.Close()
	})
}

// A client that reads, but whose library answers no ping, moves nothing, and its connection ends as without a name.
func TestClientThatNeverAnswersPings(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckPong})
		began := time.Now()
		s.stream(0).number(1, 3)
		p.wantClose(1008)
		if took := time.Since(began); took < 60*time.Second || took > 61*time.Second {
			t.Errorf("it ended after %v", took)
		}
		_ = p.conn.Close()
		synctest.Wait()
		wantPlace(t, s.stream(0), 0)
		e.want(t, 1008)
	})
}

// One that answers the keep-alive and nothing else stays, and so does its place.
func TestClientThatAnswersKeepAlivesOnly(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckPong})
		s.stream(0).number(1, 1)
		for keepAlives := 0; keepAlives < 10; {
			f, err := p.read()
			if err != nil {
				t.Fatal(err)
			}
			if f.opcode == opPing && f.payload == "" {
				keepAlives++
				p.write(opPong, "")
			}
		}
		wantPlace(t, s.stream(0), 0)
		_ = p.conn.Close()
	})
}

// A ping may take as long as any other write.
func TestClientThatTakesAPingLate(t *testing.T) {
	for pause, taken := range map[time.Duration]bool{9 * time.Second: true, 11 * time.Second: false} {
		inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
			p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckPong})
			s.stream(0).number(1, 1)
			p.want(opText, "1")
			time.Sleep(pause)
			if taken {
				texts := 0
				p.write(opPong, p.nextPing(&texts))
				wantPlace(t, s.stream(0), 1)
				_ = p.conn.Close()
				return
			}
			p.gone()
			_ = p.conn.Close()
			synctest.Wait()
			e.want(t, 1008)
		})
	}
}

// Nor does one wait for what is being written: it follows.
func TestPingFollowsAWriteThatTakesLong(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckPong})
		texts := 0
		s.stream(0).number(1, 1)
		first := p.nextPing(&texts)
		long := strings.Repeat("x", 1<<20)
		s.stream(0).events <- &domain.Event{Kind: domain.KindMessage, Cursor: at(2), Payload: []byte(long)}
		go s.stream(0).number(3, 3)
		synctest.Wait()
		p.write(opPong, first)
		time.Sleep(9 * time.Second)
		p.want(opText, long)
		for s.stream(0).place() < 3 { // one ping, or one for each message
			p.write(opPong, p.nextPing(&texts))
			synctest.Wait()
		}
		_ = p.conn.Close()
	})
}

func TestPlaceThatCouldNotBeRememberedIsTriedAgain(t *testing.T) {
	for _, mode := range ports.AckModes() {
		inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
			p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: mode})
			s.stream(0).failWith(domain.Errorf(domain.Unavailable, "", "the store is away"))
			s.stream(0).number(1, 1)
			go func() { // a client that answers
				for {
					f, err := p.read()
					if err != nil {
						return
					}
					switch {
					case f.opcode == opPing:
						p.write(opPong, f.payload)
					case f.opcode == opText && mode == ports.AckExplicit:
						p.write(opText, `{"ack":true}`)
					}
				}
			}()
			time.Sleep(10 * time.Second)
			wantPlace(t, s.stream(0), 0)
			s.stream(0).failWith(nil)
			time.Sleep(2 * time.Second)
			wantPlace(t, s.stream(0), 1)
			_ = p.conn.Close()
		})
	}
}

func TestWithoutAcknowledgementThePlaceFollowsWhatIsWritten(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckNone})
		wantPlace(t, s.stream(0), 0)
		s.stream(0).number(1, 1)
		p.want(opText, "1")
		wantPlace(t, s.stream(0), 1)
		s.stream(0).events <- &domain.Event{Kind: domain.KindReset, Cursor: at(5)}
		wantPlace(t, s.stream(0), 5)
		_ = p.conn.Close()
	})
}

func TestCursorsAreAcknowledgedAndAnswered(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Events: true, Gaps: true, Ack: ports.AckExplicit})
		s.stream(0).number(1, 3)
		s.stream(0).events <- &domain.Event{Kind: domain.KindGap, Cursor: at(6), Gap: &domain.Gap{After: at(3), Next: at(7)}}
		for n := uint64(1); n <= 3; n++ {
			p.want(opText, eventFrame(n))
		}
		p.want(opText, `{"gap":{"after":"`+at(3).String()+`","next":"`+at(7).String()+`"}}`)
		wantPlace(t, s.stream(0), 0)
		for _, n := range []uint64{2, 2, 1, 6} {
			p.write(opText, `{"ack":"`+at(n).String()+`"}`)
			p.want(opText, `{"acked":"`+at(n).String()+`"}`)
			wantPlace(t, s.stream(0), n)
		}
		_ = p.conn.Close()
	})
}

func TestAnAckIsAnsweredWhenItIsRemembered(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Events: true, Ack: ports.AckExplicit})
		s.stream(0).number(1, 2)
		p.want(opText, eventFrame(1))
		p.want(opText, eventFrame(2))
		s.stream(0).failWith(domain.Errorf(domain.Unavailable, "", "the store is away"))
		p.write(opText, `{"ack":"`+at(1).String()+`"}`)
		p.want(opText, `{"error":"the store is away","code":"unavailable"}`)
		s.stream(0).failWith(nil)
		p.write(opText, `{"ack":"`+at(1).String()+`"}`)
		p.want(opText, `{"acked":"`+at(1).String()+`"}`)
		_ = p.conn.Close()
	})
}

func TestMessagesAreAcknowledgedOneByOne(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckExplicit})
		go s.stream(0).number(1, 600)
		const window = 256
		for n := uint64(1); n <= window; n++ {
			p.want(opText, strconv.FormatUint(n, 10))
		}
		wantPlace(t, s.stream(0), 0)
		for n := uint64(1); n <= 600; n++ { // each lets one more through
			p.write(opText, `{"ack":true}`)
			if n+window <= 600 {
				p.want(opText, strconv.FormatUint(n+window, 10))
			}
			wantPlace(t, s.stream(0), n)
		}
		p.write(opText, `{"ack":true}`)
		p.want(opText, `{"error":"every message is acknowledged already","code":"invalid"}`)
		wantPlace(t, s.stream(0), 600)
		_ = p.conn.Close()
	})
}

func TestGapsThatAreNotToldNeedNoAcknowledgement(t *testing.T) {
	for _, told := range []bool{false, true} {
		inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
			p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckExplicit, Gaps: told})
			s.stream(0).events <- &domain.Event{Kind: domain.KindReset, Cursor: at(5)}
			s.stream(0).number(6, 6)
			if told {
				p.want(opText, `{"reset":{"next":"`+at(5).String()+`"}}`)
			}
			p.want(opText, "6")
			p.write(opText, `{"ack":true}`)
			want := uint64(6)
			if told {
				want = 5
			}
			wantPlace(t, s.stream(0), want)
			_ = p.conn.Close()
		})
	}
}

func TestTheLastAcknowledgementBeforeTheEndIsRemembered(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Events: true, Ack: ports.AckExplicit})
		s.stream(0).number(1, 2)
		p.want(opText, eventFrame(1))
		p.want(opText, eventFrame(2))
		p.write(opText, `{"ack":"`+at(2).String()+`"}`)
		_ = p.conn.Close()
		<-s.stream(0).stopped
		wantPlace(t, s.stream(0), 2)
	})
}

func TestAStoreThatHangsHoldsUpNoEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
		p, _ := dialAs(t, h, "bot", ports.SocketOptions{Ack: ports.AckNone})
		s.stream(0).mu.Lock()
		s.stream(0).hang = true
		s.stream(0).mu.Unlock()
		s.stream(0).number(1, 1)
		p.want(opText, "1")
		synctest.Wait()
		go p.wantClose(1001)
		began := time.Now()
		if err := h.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("shutdown took %v", took)
		}
		_ = p.conn.Close()
	})
}

// What is no acknowledgement is answered with an error, moves nothing and harms nothing.
func TestHostileAcknowledgements(t *testing.T) {
	own := ports.SocketOptions{Events: true, Ack: ports.AckExplicit}
	for name, c := range map[string]struct {
		reader  string
		options ports.SocketOptions
		message string
	}{
		"garbage":                     {"bot", own, "\xff\x00 garbage"},
		"empty":                       {"bot", own, ""},
		"null":                        {"bot", own, "null"},
		"array":                       {"bot", own, `[{"ack":true}]`},
		"no ack":                      {"bot", own, `{"nack":true}`},
		"null ack":                    {"bot", own, `{"ack":null}`},
		"number":                      {"bot", own, `{"ack":7}`},
		"no cursor":                   {"bot", own, `{"ack":"seven"}`},
		"never sent":                  {"bot", own, `{"ack":"` + at(4).String() + `"}`},
		"far ahead":                   {"bot", own, `{"ack":"` + domain.Latest.String() + `"}`},
		"other epoch":                 {"bot", own, `{"ack":"` + domain.Cursor{Epoch: 9, Seq: 1}.String() + `"}`},
		"true for a cursor":           {"bot", own, `{"ack":true}`},
		"giant":                       {"bot", own, `{"ack":"` + strings.Repeat("A", 1<<19) + `"}`},
		"deep":                        {"bot", own, strings.Repeat("[", 1<<19)},
		"giant and true":              {"bot", own, `{"x":"` + strings.Repeat("A", 1000) + `","ack":"` + at(2).String() + `"}`},
		"no name":                     {"", own, `{"ack":"` + at(2).String() + `"}`},
		"cursor where there are none": {"bot", ports.SocketOptions{Ack: ports.AckExplicit}, `{"ack":"` + at(2).String() + `"}`},
		"false":                       {"bot", ports.SocketOptions{Ack: ports.AckExplicit}, `{"ack":false}`},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
				p, _ := dialAs(t, h, c.reader, c.options)
				s.stream(0).number(1, 3)
				for read := 0; read < 3; {
					f, err := p.read()
					if err != nil {
						t.Fatal(err)
					}
					if f.opcode == opText {
						read++
					}
				}
				go p.write(opText, c.message)
				for {
					f, err := p.read()
					if err != nil {
						t.Fatal(err)
					}
					if f.opcode != opText {
						continue
					}
					var told struct{ Error, Code string }
					if json.Unmarshal([]byte(f.payload), &told) != nil || told.Error == "" || told.Code != "invalid" {
						t.Fatalf("told %q", f.payload)
					}
					break
				}
				wantPlace(t, s.stream(0), 0)
				s.stream(0).number(4, 4)
				for {
					f, err := p.read()
					if err != nil {
						t.Fatal(err)
					}
					if f.opcode == opText && strings.Contains(f.payload, "4") {
						break
					}
				}
				_ = p.conn.Close()
			})
		})
	}
}

func TestWhatOtherClientsWriteIsIgnored(t *testing.T) {
	for _, c := range []struct {
		reader  string
		options ports.SocketOptions
	}{{"", ports.SocketOptions{Ack: ports.AckNone}}, {"bot", ports.SocketOptions{Ack: ports.AckNone}}, {"bot", ports.SocketOptions{Gaps: true, Ack: ports.AckNone}}} {
		inBubble(t, func(t *testing.T, h *wsapi.Handler, s *source, e *ends) {
			p, _ := dialAs(t, h, c.reader, c.options)
			for _, message := range []string{`{"ack":true}`, "garbage", `{"ack":"` + domain.Latest.String() + `"}`} {
				p.write(opText, message)
			}
			s.stream(0).number(1, 1)
			p.want(opText, "1")
			_ = p.conn.Close()
		})
	}
}
