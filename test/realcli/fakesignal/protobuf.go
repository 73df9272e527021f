package fakesignal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// field is one field of a protobuf message: n for numbers, data for bytes and texts.
type field struct {
	num  int
	n    uint64
	data []byte
}

var errShort = errors.New("protobuf message cut short")

// parseFields splits a protobuf message; data of the fields shares b.
func parseFields(b []byte) (fields []field, err error) {
	for len(b) > 0 {
		key, size := binary.Uvarint(b)
		if size <= 0 {
			return nil, errShort
		}
		b = b[size:]
		f := field{num: int(key >> 3)}
		switch wireType := key & 7; wireType {
		case 0:
			f.n, size = binary.Uvarint(b)
			if size <= 0 {
				return nil, errShort
			}
			b = b[size:]
		case 1:
			if len(b) < 8 {
				return nil, errShort
			}
			f.n, b = binary.LittleEndian.Uint64(b), b[8:]
		case 2:
			length, size := binary.Uvarint(b)
			if size <= 0 || uint64(len(b)-size) < length {
				return nil, errShort
			}
			end := size + int(length)
			f.data, b = b[size:end], b[end:]
		default:
			return nil, fmt.Errorf("protobuf wire type %d", wireType)
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// builder writes a protobuf message field by field.
type builder struct{ buf bytes.Buffer }

func (b *builder) number(num int, v uint64) {
	b.varint(uint64(num) << 3)
	b.varint(v)
}

func (b *builder) bytes(num int, v []byte) {
	b.varint(uint64(num)<<3 | 2)
	b.varint(uint64(len(v)))
	b.buf.Write(v)
}

func (b *builder) text(num int, v string) { b.bytes(num, []byte(v)) }

func (b *builder) varint(v uint64) { b.buf.Write(binary.AppendUvarint(nil, v)) }
