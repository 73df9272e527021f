package wire_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// printed collects what a gateway prints and tells the address it listens on.
type printed struct {
	mu      sync.Mutex // guards text
	text    strings.Builder
	address chan string
}

var listening = regexp.MustCompile(`msg=listening address=(\S+)`)

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Write(b)
	if m := listening.FindSubmatch(b); m != nil {
		p.address <- string(m[1])
	}
	return len(b), nil
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// A gateway that was started, used and stopped leaves no goroutine behind; TestMain looks.
func TestGatewayLeavesNothingBehind(t *testing.T) {
	home := t.TempDir()
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		out := &printed{address: make(chan string, 1)}
		ended := make(chan int, 1)
		go func() {
			ended <- wire.Run(ctx, nil, []string{"HOME=" + home, "MODE=simulator", "HELIOGRAPH_LISTEN=127.0.0.1:0"}, strings.NewReader(""), out, out)
		}()
		select {
		case address := <-out.address:
			sendAndWatch(t, "http://"+address)
		case code := <-ended:
			t.Fatalf("ended with %d:\n%s", code, out)
		}
		cancel()
		select {
		case code := <-ended:
			if code != 0 {
				t.Errorf("exit code %d:\n%s", code, out)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("it does not end:\n%s", out)
		}
	}
}

// sendAndWatch leaves a stream open that the gateway has to end.
func sendAndWatch(t *testing.T, url string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1/receive/+15550100002", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	stream, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stream.Body.Close() })
	body := `{"number":"+15550100001","recipients":["+15550100002"],"message":"hello"}`
	sent, err := client.Post(url+"/v2/send", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = sent.Body.Close()
	if sent.StatusCode != http.StatusCreated {
		t.Errorf("send: %s", sent.Status)
	}
}
