package clients_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// await asks until the answer is yes.
func (g *gateway) await(t *testing.T, what string, answer func() bool) {
	t.Helper()
	for end := time.Now().Add(hangLimit); !answer(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still waiting for the gateway %s", what)
		}
	}
}

// do sends a body as JSON unless it is nil, decodes the answer into result unless that is nil, and gives the status.
func (g *gateway) do(ctx context.Context, method, path string, body, result any) (int, error) {
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		in = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, g.url+path, in)
	if err != nil {
		return 0, err
	}
	if g.token != "" {
		request.Header.Set("Authorization", "Bearer "+g.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && result != nil {
		err = json.Unmarshal(text, result)
	}
	if err != nil {
		err = fmt.Errorf("%s %s: %d %s: %w", method, path, response.StatusCode, text, err)
	}
	return response.StatusCode, err
}

// request is do that must get an answer.
func (g *gateway) request(t *testing.T, method, path string, body, result any) int {
	t.Helper()
	status, err := g.do(t.Context(), method, path, body, result)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// open sends a GET and gives the answer, which must be 200. It is closed with the test at the latest.
func (g *gateway) open(t *testing.T, path, accept string) io.Reader {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*hangLimit)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, g.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	if g.token != "" {
		request.Header.Set("Authorization", "Bearer "+g.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: status %d", path, response.StatusCode)
	}
	return response.Body
}

// fetch gives the body of an answer to GET, which must be 200.
func (g *gateway) fetch(t *testing.T, path string) []byte {
	t.Helper()
	body, err := io.ReadAll(g.open(t, path, "*/*"))
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return body
}

// trySend lets one demo account write to another and gives the message's timestamp.
func (g *gateway) trySend(ctx context.Context, from, text, to string, files ...[]byte) (int64, error) {
	var sent stamp
	body := map[string]any{"number": from, "recipients": []string{to}, "message": text, "base64_attachments": files}
	status, err := g.do(ctx, http.MethodPost, "/v2/send", body, &sent)
	if err == nil && status != http.StatusCreated {
		err = fmt.Errorf("send: status %d", status)
	}
	return sent.Timestamp, err
}

// send is trySend that must succeed.
func (g *gateway) send(t *testing.T, from, text, to string, files ...[]byte) int64 {
	t.Helper()
	timestamp, err := g.trySend(t.Context(), from, text, to, files...)
	if err != nil {
		t.Fatal(err)
	}
	return timestamp
}

// stamp is what a message is known by: its timestamp, a number in a text, in an object that may stand alone in a list.
type stamp struct{ Timestamp int64 }

func (s *stamp) UnmarshalJSON(text []byte) error {
	var object struct {
		Timestamp int64 `json:",string"`
	}
	text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("[")), []byte("]"))
	err := json.Unmarshal(text, &object)
	s.Timestamp = object.Timestamp
	return err
}

// awaitReaders waits until that many readers of a transport are open.
func (g *gateway) awaitReaders(t *testing.T, transport string, count int) {
	t.Helper()
	line := fmt.Sprintf("heliograph_hub_open_readers{transport=%q} %d\n", transport, count)
	g.await(t, "to have "+strings.TrimSpace(line), func() bool { return strings.Contains(string(g.fetch(t, "/metrics")), line) })
}
