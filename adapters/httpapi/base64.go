package httpapi

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"

	"heliograph/domain"
)

// base64Reader decodes standard base64 as base64.StdEncoding.DecodeString does:
// padded, with line breaks anywhere, and with nothing behind the padding. Errors are Invalid, or those of source.
type base64Reader struct {
	source  io.Reader
	encoded []byte // room for encoded characters
	length  int    // characters waiting in encoded
	decoded []byte // what was decoded and not yet read
	room    []byte
	padded  bool
	err     error
}

const base64Chunk = 16 << 10 // a multiple of 4

func newBase64Reader(source io.Reader) *base64Reader {
	return &base64Reader{source: source, encoded: make([]byte, base64Chunk), room: make([]byte, base64Chunk/4*3)}
}

func (b *base64Reader) Read(p []byte) (int, error) {
	for len(b.decoded) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		b.fill()
	}
	n := copy(p, b.decoded)
	b.decoded = b.decoded[n:]
	return n, nil
}

// fill reads and decodes some, or sets err.
func (b *base64Reader) fill() {
	n, err := b.source.Read(b.encoded[b.length:])
	b.length += withoutLineBreaks(b.encoded[b.length : b.length+n])
	switch {
	case errors.Is(err, io.EOF):
		b.err = io.EOF
		if b.length%4 != 0 {
			b.err = errNotBase64()
		}
	case err != nil:
		b.err = err
		return
	}
	whole := b.length / 4 * 4
	if whole == 0 {
		return
	}
	if b.padded {
		b.err = errNotBase64()
		return
	}
	b.padded = b.encoded[whole-1] == '='
	size, err := base64.StdEncoding.Decode(b.room, b.encoded[:whole])
	if err != nil {
		b.err = errNotBase64()
		return
	}
	b.decoded = b.room[:size]
	b.length = copy(b.encoded, b.encoded[whole:b.length])
}

// withoutLineBreaks removes them in place and gives the new length.
func withoutLineBreaks(p []byte) int {
	if bytes.IndexByte(p, '\n') < 0 && bytes.IndexByte(p, '\r') < 0 {
		return len(p)
	}
	n := 0
	for _, c := range p {
		if c != '\n' && c != '\r' {
			p[n] = c
			n++
		}
	}
	return n
}

func errNotBase64() error {
	return domain.Errorf(domain.Invalid, "", "an attachment is not base64 (standard alphabet, with padding)")
}
