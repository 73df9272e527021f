package process

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

// Output of signal-cli is read whatever it holds: a payload is handed over as it was printed or counted as lost.
func FuzzPayloads(f *testing.F) {
	f.Add([]byte(`{"envelope":{}}`+"\n"+`{"envelope":{"n":2}}`+"\r\n"), uint16(100), uint8(9))
	f.Add([]byte("Envelope from: x\n[0.1s][warning] {}\n{\"cut"), uint16(10), uint8(0))
	f.Add([]byte("{}\n"+strings.Repeat("x", 70_000)+"\n{\"a\":1}"), uint16(5), uint8(1))
	f.Fuzz(func(t *testing.T, output []byte, limit uint16, takes uint8) {
		var got []string
		refused := 0
		p := payloads{
			next: func(payload []byte) error {
				if len(got) == int(takes) {
					return errors.New("no more")
				}
				got = append(got, string(payload))
				return nil
			},
			refused: func() { refused++ },
		}
		err := p.read(iotest.HalfReader(bytes.NewReader(output)), int(limit))
		if err != nil && !errors.Is(err, errTooLong) {
			t.Errorf("error %v", err)
		}
		if len(got) != p.count || len(got) > int(takes) || (p.failed != nil) != (refused == 1) || refused > 1 {
			t.Errorf("%d payloads, count %d, refused %d times, %v", len(got), p.count, refused, p.failed)
		}
		for _, payload := range got {
			if !json.Valid([]byte(payload)) || !bytes.Contains(output, []byte(payload)) || len(payload) > int(limit)+1 {
				t.Errorf("payload %q", payload)
			}
		}
	})
}

func FuzzLastJSON(f *testing.F) {
	f.Add([]byte("[0.012s][warning][cds] stale\n{\"version\":\"1\"}\nOpenJDK warning\n"))
	f.Add([]byte("{\"a\":1}\n[1,2]"))
	f.Add([]byte("\n\n{\n"))
	f.Fuzz(func(t *testing.T, stdout []byte) {
		result, ok := lastJSON(stdout)
		if ok && (!json.Valid(result) || !bytes.Contains(stdout, result)) || !ok && result != nil {
			t.Errorf("%q, %v", result, ok)
		}
	})
}
