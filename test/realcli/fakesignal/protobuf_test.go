package fakesignal

import (
	"bytes"
	"testing"
)

func TestFieldsComeBack(t *testing.T) {
	var b builder
	b.number(4, 1<<40)
	b.text(2, "/v1/messages")
	b.bytes(3, nil)
	fields, err := parseFields(b.buf.Bytes())
	if err != nil || len(fields) != 3 {
		t.Fatalf("%d fields, %v, want 3", len(fields), err)
	}
	if f := fields[0]; f.num != 4 || f.n != 1<<40 {
		t.Errorf("number came back as %+v", f)
	}
	if f := fields[1]; f.num != 2 || string(f.data) != "/v1/messages" {
		t.Errorf("text came back as %+v", f)
	}
	if f := fields[2]; f.num != 3 || len(f.data) != 0 {
		t.Errorf("empty bytes came back as %+v", f)
	}
}

func FuzzParseFields(f *testing.F) {
	var b builder
	b.number(1, 1)
	b.text(2, "text")
	f.Add(b.buf.Bytes())
	f.Add([]byte{0x0a, 0xff})
	f.Add(bytes.Repeat([]byte{0xff}, 11))
	f.Fuzz(func(t *testing.T, message []byte) {
		fields, err := parseFields(message)
		if err != nil {
			return
		}
		size := 0
		for _, field := range fields {
			size += len(field.data)
		}
		if size > len(message) {
			t.Errorf("%d bytes of data in a message of %d", size, len(message))
		}
	})
}
