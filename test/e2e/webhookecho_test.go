package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A receiver that says more than one answer, here what it was called with, does not get it into what the gateway prints: Go's HTTP client would
// print such bytes.
func TestWebhookCannotWriteIntoTheLog(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	echoed := make(chan string, 64)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			request, err := http.ReadRequest(bufio.NewReader(conn))
			if err == nil {
				body, _ := io.ReadAll(request.Body)
				fmt.Fprintf(conn, "HTTP/1.1 204 No Content\r\n\r\n%s", body) // of which 204 has none
				_, _ = conn.Read(make([]byte, 1))                            // until the gateway has read it and gone
				echoed <- string(body)
			}
			conn.Close()
		}
	}()
	g := serve(t, "MODE=simulator", "RECEIVE_WEBHOOK_URL=http://"+listener.Addr().String()+"/hook")
	g.send(t, text(alice, bob, "between us"))
	for hung := time.After(hangLimit); ; {
		select {
		case body := <-echoed:
			if !strings.Contains(body, "between us") {
				continue
			}
		case <-hung:
			t.Fatal("the webhook is not called")
		}
		break
	}
	if out := g.out.String(); strings.Contains(out, "between us") || strings.Contains(out, "Unsolicited") {
		t.Errorf("the output tells what the webhook said:\n%s", out)
	}
}
