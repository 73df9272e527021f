package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

// pipes is a listener of connections without buffers, which obey virtual time.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// overPipe runs test against a whole server in virtual time.
func overPipe(t *testing.T, c *core, test func(client net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h, folder := newHandler(t, c, httpapi.Options{})
		server := httpapi.NewServer(h, slog.New(slog.DiscardHandler))
		listener := pipes{make(chan net.Conn), make(chan struct{})}
		served := make(chan error)
		go func() { served <- server.Serve(listener) }()
		client, ours := net.Pipe()
		listener.conns <- ours
		test(client)
		_ = client.Close()
		if err := server.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		empty(t, folder)
	})
}

func TestAnswerMayTakeLongerThanAPauseWithinABody(t *testing.T) {
	fake := &core{wait: 3 * time.Minute}
	var ended error
	overPipe(t, fake, func(client net.Conn) {
		answers := bufio.NewReader(client)
		for range 2 {
			body := `{` + to + `}`
			_, ended = io.WriteString(client, "POST /v2/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
			answer, err := http.ReadResponse(answers, nil)
			if err != nil || ended != nil || answer.StatusCode != http.StatusCreated {
				t.Fatalf("%v %v %v", answer, err, ended)
			}
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestClientThatGoesEndsItsSend(t *testing.T) {
	fake := &watching{}
	synctest.Test(t, func(t *testing.T) {
		fake.gone = make(chan struct{})
		s := httpapi.NewServer(httpapi.New(httpapi.Ports{Messaging: fake}, httpapi.Options{}), slog.New(slog.DiscardHandler))
		listener := pipes{make(chan net.Conn), make(chan struct{})}
		served := make(chan error)
		go func() { served <- s.Serve(listener) }()
		client, ours := net.Pipe()
		listener.conns <- ours
		body := `{` + to + `}`
		if _, err := io.WriteString(client, "POST /v2/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		_ = client.Close()
		<-fake.gone
		_ = s.Close()
		<-served
	})
}

// watching is a Messaging whose Send waits for its context to end.
type watching struct {
	core
	gone chan struct{}
}

func (w *watching) Send(ctx context.Context, _ ports.Draft) (domain.SendResult, error) {
	<-ctx.Done()
	close(w.gone)
	return domain.SendResult{}, ctx.Err()
}

func TestBodyThatStallsEnds(t *testing.T) {
	for name, start := range map[string]string{
		"before the first byte": "",
		"within an attachment":  `{` + to + `,"base64_attachments":["aGVsbG8`,
	} {
		t.Run(name, func(t *testing.T) {
			fake := &core{}
			overPipe(t, fake, func(client net.Conn) {
				begun := time.Now()
				if _, err := io.WriteString(client, "POST /v2/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"+start); err != nil {
					t.Fatal(err)
				}
				answer, err := http.ReadResponse(bufio.NewReader(client), nil)
				if err != nil || answer.StatusCode != http.StatusBadRequest || time.Since(begun) > time.Minute {
					t.Errorf("%v %v after %v", answer, err, time.Since(begun))
				}
			})
			if len(fake.drafts) != 0 {
				t.Error("something was sent")
			}
		})
	}
}

func TestBodyOfARefusedRequestDoesNotHoldTheConnection(t *testing.T) {
	for _, request := range []string{
		"POST /nope HTTP/1.1\r\nHost: localhost", "POST /v2/send HTTP/1.1\r\nHost: evil.example", "GET /v1/about HTTP/1.1\r\nHost: localhost",
		"POST /v1/register/+15550100001 HTTP/1.1\r\nHost: localhost\r\nX: y",
	} {
		overPipe(t, &core{}, func(client net.Conn) {
			begun := time.Now()
			if _, err := io.WriteString(client, request+"\r\nContent-Length: 2000\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, client)
			if took := time.Since(begun); took > 3*time.Minute {
				t.Errorf("%s: the connection was held for %v", request, took)
			}
		})
	}
}

func TestSlowButSteadyBodyArrives(t *testing.T) {
	fake := &core{}
	overPipe(t, fake, func(client net.Conn) {
		body := `{` + to + `,"base64_attachments":["` + strings.Repeat("QUJD", 50) + `"]}`
		if _, err := io.WriteString(client, "POST /v2/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		for i := range len(body) {
			time.Sleep(10 * time.Second)
			if _, err := client.Write([]byte{body[i]}); err != nil {
				t.Fatal(err)
			}
		}
		answer, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil || answer.StatusCode != http.StatusCreated {
			t.Errorf("%v %v", answer, err)
		}
	})
}
