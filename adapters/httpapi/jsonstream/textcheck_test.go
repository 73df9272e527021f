package jsonstream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"testing"
	"testing/iotest"

	"heliograph/adapters/httpapi/jsonstream"
)

// A decoder behind a TextCheck takes what a Decoder takes, and refuses the same texts.
func FuzzTextCheckSameAsDecoder(f *testing.F) {
	for _, s := range []string{
		`{"a":"é\u00e9\ud83d\ude00 \\ud83d \n","b":["\\"]}`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\n"`, `"\ud83d\ud83d"`, `"\ude00"`, `"\ud83d\u0041"`, `"\uD83D\uDE00"`, `"\u12x"`, `"\ud83d\u12"`,
		"\"\xff\"", "\"\xe2\x82\"", "\"\xed\xa0\x80\"", "\"\xe0\x80\x80\"", "\"\xf0\x80\x80\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xf4\x8f\xbf\xbf\xc3\xa9\xe2\x82\xac\"", "\"\xc0\x80\"", "\"\xf5\"", "{\"\xff\":1}", "{} \xff",
	} {
		f.Add([]byte("["+s+"]"), false)
		f.Add([]byte("["+s+"] \xff"), true)
	}
	f.Fuzz(func(t *testing.T, input []byte, slow bool) {
		var d jsonstream.Decoder
		d.Reset(bytes.NewReader(input), 1<<30)
		wantErr := d.Skip()
		var r io.Reader = bytes.NewReader(input)
		if slow {
			r = iotest.OneByteReader(r)
		}
		var got, want any
		err := json.NewDecoder(&jsonstream.TextCheck{Reader: r}).Decode(&got)
		if trimmed := bytes.TrimLeft(input, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
			return // of these encoding/json looks at the byte behind
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, Decoder %v", input, err, wantErr)
		}
		if errors.Is(wantErr, jsonstream.ErrEncoding) && err == nil {
			t.Fatalf("%q: no error", input)
		}
		if err != nil {
			return
		}
		if err := json.NewDecoder(bytes.NewReader(input)).Decode(&want); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %v, unchecked %v %v", input, got, want, err)
		}
	})
}
