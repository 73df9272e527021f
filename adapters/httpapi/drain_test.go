package httpapi_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"heliograph/domain"
	"heliograph/ports"
)

// large is a core whose drains have some megabytes.
func large() *core {
	return &core{drain: func(domain.Account, ports.DrainOptions) (events []*domain.Event, _ error) {
		for n := range 20 {
			events = append(events, event(uint64(n+1), `{"fill":"`+strings.Repeat("x", 100<<10)+`"}`))
		}
		return events, nil
	}}
}

const drainRequest = "GET /v1/receive/+15550100001 HTTP/1.1\r\nHost: localhost\r\n\r\n"

func TestDrainIsTakenWhenTheWholeAnswerIsWritten(t *testing.T) {
	fake := large()
	overPipe(t, fake, func(client net.Conn) {
		_, _ = io.WriteString(client, drainRequest)
		answer, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		var events []json.RawMessage
		if err := json.NewDecoder(answer.Body).Decode(&events); err != nil || len(events) != 20 {
			t.Errorf("%d events, %v", len(events), err)
		}
		if rest, err := io.ReadAll(answer.Body); err != nil || len(rest) > 0 {
			t.Errorf("%q %v", rest, err)
		}
	})
	if fake.drained != 1 {
		t.Errorf("taken %d times", fake.drained)
	}
}

func TestDrainIsNotTakenWhenTheClientGoesHalfWay(t *testing.T) {
	fake := large()
	overPipe(t, fake, func(client net.Conn) {
		_, _ = io.WriteString(client, drainRequest)
		_, _ = io.ReadFull(client, make([]byte, 1<<20))
	})
	if len(fake.options) != 1 || fake.drained != 0 {
		t.Errorf("%d drains, taken %d times", len(fake.options), fake.drained)
	}
}

func TestDrainWhosePlaceIsNotRememberedLooksCutOff(t *testing.T) {
	fake := large()
	fake.drainEnd = errors.New("not stored")
	overPipe(t, fake, func(client net.Conn) {
		_, _ = io.WriteString(client, drainRequest)
		answer, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err == nil {
			t.Error("the answer looks whole")
		}
	})
}
