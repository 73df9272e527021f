package e2e_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// hungDaemon is the address of a signal-cli daemon that takes requests and answers none; sent gets a value for each send.
func hungDaemon(t *testing.T) (address string, sent <-chan struct{}) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	sends := make(chan struct{}, 16)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // nothing was written
				for s := bufio.NewScanner(conn); s.Scan(); {
					if strings.Contains(s.Text(), `"method":"send"`) {
						sends <- struct{}{}
					}
				}
			}()
		}
	}()
	return "tcp://" + listener.Addr().String(), sends
}

// stallBody begins a request whose body never comes to its end.
func (g gateway) stallBody(t *testing.T) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := fmt.Fprintf(conn, "POST /v2/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
}

func TestShutdownAnswersWhatTheBackendDoesNot(t *testing.T) {
	t.Run("a daemon", func(t *testing.T) {
		address, sent := hungDaemon(t)
		g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+address)
		answers := g.sendInFlight(t)
		g.stallBody(t)
		<-sent
		g.endsWithAnswer(t, answers, http.StatusGatewayTimeout)
	})
	t.Run("a process a call", func(t *testing.T) {
		env, started, _ := slowSignalCLI(t)
		g := serve(t, env...)
		answers := g.sendInFlight(t)
		g.stallBody(t)
		awaitFile(t, started)
		g.endsWithAnswer(t, answers, http.StatusBadRequest) // as the reference answers where it kills signal-cli
	})
}

// endsWithAnswer ends the gateway and wants the answer to the request in flight.
func (g gateway) endsWithAnswer(t *testing.T, answers <-chan answer, status int) {
	t.Helper()
	g.signal(syscall.SIGTERM)
	if got := <-answers; got.err != nil || got.status != status {
		t.Errorf("the request in flight got %d, %v", got.status, got.err)
	}
	if code := g.exitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
