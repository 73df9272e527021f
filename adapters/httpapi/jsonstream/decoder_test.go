package jsonstream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"heliograph/adapters/httpapi/jsonstream"
)

// anyValue takes a value as encoding/json would give it, numbers as int64 or, where they are no integers, nil.
func anyValue(d *jsonstream.Decoder) (any, error) {
	if null, err := d.Null(); null || err != nil {
		return nil, err
	}
	list := []any{}
	err := d.Array(func() error {
		v, err := anyValue(d)
		list = append(list, v)
		return err
	})
	if !errors.Is(err, jsonstream.ErrType) {
		return list, err
	}
	object := map[string]any{}
	err = d.Object(func(name []byte) error {
		key := string(name)
		v, err := anyValue(d)
		object[key] = v
		return err
	})
	if !errors.Is(err, jsonstream.ErrType) {
		return object, err
	}
	text, err := d.Text()
	if err == nil {
		var s strings.Builder
		_, err = io.Copy(&s, text)
		return s.String(), err
	}
	if !errors.Is(err, jsonstream.ErrType) {
		return nil, err
	}
	b, err := d.Bool()
	if !errors.Is(err, jsonstream.ErrType) {
		return b, err
	}
	return nil, d.Skip()
}

// numbersGone is v without numbers.
func numbersGone(v any) any {
	switch v := v.(type) {
	case json.Number:
		return nil
	case []any:
		for i := range v {
			v[i] = numbersGone(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbersGone(v[k])
		}
	}
	return v
}

func FuzzSameAsEncodingJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-2.5e+3,"x\u00e9\ud83d\ude00\ud83d\\",true,false,null,{}],"a":""} trailing`, `[`, `"\ud83dx"`, `"\ud83d`, `"\ud83d\u`, `"\ud83d\u12`,
		`"\ud83d\ud83d\ude00"`, `01`, `-`, `1.`, `1e`, `nul`, `{"a":1,}`, `[1,]`, `[,1]`, "\"\xff\xe2\x82\"", "\"\x01\"", "\"\xe2\x82\xac\xf0\x9f\"", ` `, `{"\u0041":{"b":[[]]}}`,
		`{"a"`, `{"a":`, `{1:2}`, `[1 2]`, `{"a":1 "b":2}`, "\ufeff{}", `"\x"`, `1 `, `-0`, `-01`, `"abcdefgh\n01234567é89abcdefg"`,
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, input []byte, slow bool) {
		var want any
		std := json.NewDecoder(bytes.NewReader(input))
		std.UseNumber()
		wantErr := std.Decode(&want)
		var d jsonstream.Decoder
		var r io.Reader = bytes.NewReader(input)
		if slow {
			r = iotest.OneByteReader(r)
		}
		d.Reset(r, 1<<30)
		got, err := anyValue(&d)
		if errors.Is(err, jsonstream.ErrEncoding) {
			if utf8.Valid(input) && !bytes.Contains(bytes.ToLower(input), []byte(`\ud`)) {
				t.Fatalf("%q: %v", input, err)
			}
			return
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: error %v, encoding/json %v", input, err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(got, numbersGone(want)) {
			t.Fatalf("%q: %#v, encoding/json %#v", input, got, want)
		}
	})
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		name, input string
		take        func(*jsonstream.Decoder) (any, error)
		want        any
		err         error
	}{
		{"int", ` 12 `, takeInt, int64(12), nil},
		{"smallest int", `-9223372036854775808`, takeInt, int64(-1 << 63), nil},
		{"fraction", `1.0`, takeInt, nil, jsonstream.ErrType},
		{"exponent", `1e3`, takeInt, nil, jsonstream.ErrType},
		{"too large", `9223372036854775808`, takeInt, nil, jsonstream.ErrType},
		{"many digits", strings.Repeat("1", 5000), takeInt, nil, jsonstream.ErrType},
		{"zeros in front", `012`, takeInt, int64(0), nil}, // two values: what follows the first is not looked at
		{"text for int", `"1"`, takeInt, nil, jsonstream.ErrType},
		{"bool", `true`, takeBool, true, nil},
		{"int for bool", `1`, takeBool, nil, jsonstream.ErrType},
		{"cut bool", `tru`, takeBool, nil, jsonstream.ErrSyntax},
		{"string", `"a\"\/\b\f\n\r\t"`, takeString, "a\"/\b\f\n\r\t", nil},
		{"two halves of a pair", `"\ud83d\ude00"`, takeString, "\U0001F600", nil},
		{"replacement character", "\"\ufffd\\ufffd\"", takeString, "\ufffd\ufffd", nil},
		{"no UTF-8", "\"a\xff\"", takeString, nil, jsonstream.ErrEncoding},
		{"cut character", "\"a\xe2\x82\"", takeString, nil, jsonstream.ErrEncoding},
		{"surrogate in UTF-8", "\"\xed\xa0\x80\"", takeString, nil, jsonstream.ErrEncoding},
		{"high surrogate alone", `"\ud83d"`, takeString, nil, jsonstream.ErrEncoding},
		{"high surrogate before another escape", `"\ud83d\n"`, takeString, nil, jsonstream.ErrEncoding},
		{"two high surrogates", `"\ud83d\ud83d"`, takeString, nil, jsonstream.ErrEncoding},
		{"low surrogate alone", `"\ude00x"`, takeString, nil, jsonstream.ErrEncoding},
		{"no UTF-8 in what is skipped", "{\"a\":\"\xff\"}", skip, nil, jsonstream.ErrEncoding},
		{"no UTF-8 in a name", "{\"\xff\":1}", skip, nil, jsonstream.ErrEncoding},
		{"object for string", `{}`, takeString, nil, jsonstream.ErrType},
		{"nothing", ``, takeString, nil, jsonstream.ErrSyntax},
		{"long", `"` + strings.Repeat("x", 100_001) + `"`, takeString, nil, jsonstream.ErrTooLong},
		{"long enough", `"` + strings.Repeat("é", 50_000) + `"`, takeString, strings.Repeat("é", 50_000), nil},
		{"deep", strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), skip, nil, jsonstream.ErrSyntax},
		{"deep enough", strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), skip, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d jsonstream.Decoder
			d.Reset(strings.NewReader(c.input), 100_000)
			got, err := c.take(&d)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err == nil && got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func takeInt(d *jsonstream.Decoder) (any, error)    { return d.Int64() }
func takeBool(d *jsonstream.Decoder) (any, error)   { return d.Bool() }
func takeString(d *jsonstream.Decoder) (any, error) { return d.String() }
func skip(d *jsonstream.Decoder) (any, error)       { return nil, d.Skip() }

func TestEmptyStringIsSeenWithoutTakingOthers(t *testing.T) {
	for input, want := range map[string]bool{`""`: true, ` ""`: true, `"a"`: false, `"\""`: false} {
		var d jsonstream.Decoder
		d.Reset(iotest.OneByteReader(strings.NewReader(input)), 100)
		if empty, err := d.EmptyString(); empty != want || err != nil {
			t.Errorf("%s: %v %v", input, empty, err)
		}
		if !want {
			if _, err := d.String(); err != nil {
				t.Errorf("%s was taken: %v", input, err)
			}
		}
	}
}

func TestTextThatIsNotReadIsSkipped(t *testing.T) {
	var d jsonstream.Decoder
	d.Reset(strings.NewReader(`["`+strings.Repeat("x", 100_000)+`",7]`), 100)
	var last int64
	err := d.Array(func() error {
		if text, err := d.Text(); err == nil {
			_, err = text.Read(make([]byte, 10))
			return err
		}
		var err error
		last, err = d.Int64()
		return err
	})
	if err != nil || last != 7 {
		t.Errorf("%v %d", err, last)
	}
}

func TestErrorsOfTheReaderComeThrough(t *testing.T) {
	broken := errors.New("broken")
	for _, input := range []string{``, `{`, `{"a`, `{"a":"x\ud83d`, `{"a":12`, `{"a":tr`, "{\"a\":\"\xe2"} {
		var d jsonstream.Decoder
		d.Reset(io.MultiReader(strings.NewReader(input), iotest.ErrReader(broken)), 100)
		if err := d.Skip(); !errors.Is(err, broken) {
			t.Errorf("%q: %v", input, err)
		}
	}
}

func BenchmarkText(b *testing.B) {
	input := `"` + strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo5", 1<<20/36) + `"`
	var d jsonstream.Decoder
	room := make([]byte, 16<<10)
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		d.Reset(strings.NewReader(input), 0)
		text, err := d.Text()
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := text.Read(room); err != nil {
				break
			}
		}
	}
}
