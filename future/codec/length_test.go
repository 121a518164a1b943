package codec_test

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future/codec"
)

func TestLengthDelimitedReads(t *testing.T) {
	three := "\x00\x00\x00\x09abcdefghi\x00\x00\x00\x03123\x00\x00\x00\x0bhello world"
	for name, c := range map[string]struct {
		d     codec.LengthDelimited
		reads []any
		want  []any
	}{
		"nothing":            {codec.LengthDelimited{}, nil, nil},
		"one":                {codec.LengthDelimited{}, []any{"\x00\x00\x00\x09abcdefghi"}, []any{"abcdefghi"}},
		"an empty one":       {codec.LengthDelimited{}, []any{"\x00\x00\x00\x00"}, []any{""}},
		"little endian":      {codec.LengthDelimited{LittleEndian: true}, []any{"\x09\x00\x00\x00abcdefghi"}, []any{"abcdefghi"}},
		"three at once":      {codec.LengthDelimited{}, []any{three}, []any{"abcdefghi", "123", "hello world"}},
		"one in pieces":      {codec.LengthDelimited{}, []any{"\x00\x00", "\x00\x09abc", "defghi"}, []any{"abcdefghi"}},
		"one that waits":     {codec.LengthDelimited{}, []any{"\x00\x00", pending{}, "\x00\x09abc", pending{}, "defghi", pending{}}, []any{"abcdefghi"}},
		"three in pieces":    {codec.LengthDelimited{}, []any{three[:2], three[2:7], three[7:15], pending{}, three[15:30], three[30:]}, []any{"abcdefghi", "123", "hello world"}},
		"half a head":        {codec.LengthDelimited{}, []any{"\x00\x00"}, []any{io.ErrUnexpectedEOF}},
		"half a second head": {codec.LengthDelimited{}, []any{"\x00\x00\x00\x01a\x00\x00"}, []any{"a", io.ErrUnexpectedEOF}},
		"half a frame":       {codec.LengthDelimited{}, []any{"\x00\x00\x00\x09ab", pending{}, "cd"}, []any{io.ErrUnexpectedEOF}},
		"too long":           {codec.LengthDelimited{Max: 5}, []any{"\x00\x00\x00\x09abcdefghi\x00\x00\x00\x03123"}, []any{codec.ErrTooLong}},
		"one byte":           {codec.LengthDelimited{FieldLen: 1}, []any{"\x09abcdefghi\x03123"}, []any{"abcdefghi", "123"}},
		"eight bytes":        {codec.LengthDelimited{FieldLen: 8}, []any{"\x00\x00\x00\x00\x00\x00\x00\x02ab"}, []any{"ab"}},
		"an offset":          {codec.LengthDelimited{FieldLen: 2, FieldOffset: 4}, []any{"zzzz\x00\x09abcdefghi"}, []any{"abcdefghi"}},
		"with its head":      {codec.LengthDelimited{FieldLen: 2, FieldOffset: 2, Skip: codec.SkipNothing}, []any{"xx\x00\x09abcdefghiyy\x00\x03123"}, []any{"xx\x00\x09abcdefghi", "yy\x00\x03123"}},
		"with part of it":    {codec.LengthDelimited{FieldLen: 2, FieldOffset: 2, Skip: 1}, []any{"xy\x00\x01a"}, []any{"y\x00\x01a"}},
		"less its beginning": {codec.LengthDelimited{FieldLen: 1, Skip: 3}, []any{"\x04abcd\x01a"}, []any{"cd", ""}},
		"counts less":        {codec.LengthDelimited{FieldLen: 2, Adjust: 2}, []any{"\x00\x01abc"}, []any{"abc"}},
		"counts itself":      {codec.LengthDelimited{FieldLen: 2, Adjust: -2}, []any{"\x00\x0babcdefghi\x00\x05123"}, []any{"abcdefghi", "123"}},
		"24 bits with a tag": {codec.LengthDelimited{FieldLen: 3, Adjust: 1, LittleEndian: true}, []any{"\x02\x00\x00\x07ab"}, []any{"\x07ab"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantFrames(t, codec.NewFramedRead(&script{reads: c.reads}, &c.d), c.want...)
		})
	}
}

// Lengths that cannot be are errors with their numbers, and end the stream.
func TestLengthDelimitedBadLengths(t *testing.T) {
	for name, c := range map[string]struct {
		d       codec.LengthDelimited
		src     string
		long    bool
		message string
	}{
		"negative":           {codec.LengthDelimited{FieldLen: 1, Adjust: -4}, "\x03", false, "length is 3, which is less than it must be (4)"},
		"beyond Max":         {codec.LengthDelimited{FieldLen: 1, Max: 9}, "\x0a", true, "a message of 10 bytes, where 9 are the limit"},
		"beyond an adjust":   {codec.LengthDelimited{FieldLen: 1, Max: 9, Adjust: 1}, "\x09", true, "a message of 10 bytes"},
		"wraps":              {codec.LengthDelimited{FieldLen: 8, Max: math.MaxInt, Adjust: 2}, strings.Repeat("\xff", 8), true, "are the limit"},
		"beyond an int":      {codec.LengthDelimited{FieldLen: 8, Max: math.MaxInt}, strings.Repeat("\xff", 8), true, "are the limit"},
		"beyond with head":   {codec.LengthDelimited{FieldLen: 8, Max: math.MaxInt}, "\x7f" + strings.Repeat("\xff", 7), true, "are the limit"},
		"beyond the usual":   {codec.LengthDelimited{}, "\x00\x80\x00\x01", true, "8388608 are the limit"},
		"zero, and negative": {codec.LengthDelimited{FieldLen: 1, Adjust: -1}, "\x00", false, "length is 0, which is less than it must be (1)"},
	} {
		t.Run(name, func(t *testing.T) {
			f := codec.NewFramedRead(&script{reads: []any{c.src, "more"}}, &c.d)
			_, err := next(f)
			if err == nil || errors.Is(err, codec.ErrTooLong) != c.long || !strings.Contains(err.Error(), c.message) {
				t.Errorf("%v, want %q", err, c.message)
			}
			wantFrames(t, f) // it ends
		})
	}
}

// A limit that is changed holds for the next message.
func TestLengthDelimitedLimitChanges(t *testing.T) {
	d := new(codec.LengthDelimited)
	f := codec.NewFramedRead(&script{reads: []any{"\x00\x00\x00\x09abcdefghi", "\x00\x00\x00\x03", "123", "\x00\x00\x00\x09abcdefghi"}}, d)
	if p, err := next(f); string(p) != "abcdefghi" || err != nil {
		t.Fatal(string(p), err)
	}
	d.Max = 5
	wantFrames(t, f, "123", codec.ErrTooLong)

	d = new(codec.LengthDelimited)
	f = codec.NewFramedRead(&script{reads: []any{"\x00\x00\x00\x09abcd", pending{}, "efghi", "\x00\x00\x00\x09abcdefghi"}}, d)
	if f.PollNext(context(100)).IsReady() {
		t.Fatal("half a message")
	}
	d.Max = 5 // its head has been read
	wantFrames(t, f, "abcdefghi", codec.ErrTooLong)
}

func TestLengthDelimitedWrites(t *testing.T) {
	for name, c := range map[string]struct {
		d      codec.LengthDelimited
		frames []string
		want   string
	}{
		"nothing":       {codec.LengthDelimited{}, nil, ""},
		"one":           {codec.LengthDelimited{}, []string{"abcdefghi"}, "\x00\x00\x00\x09abcdefghi"},
		"three":         {codec.LengthDelimited{}, []string{"abcdefghi", "123", ""}, "\x00\x00\x00\x09abcdefghi\x00\x00\x00\x03123\x00\x00\x00\x00"},
		"little endian": {codec.LengthDelimited{LittleEndian: true, FieldLen: 2}, []string{"ab"}, "\x02\x00ab"},
		"short field":   {codec.LengthDelimited{FieldLen: 1}, []string{"abcdefghi"}, "\x09abcdefghi"},
		"counts itself": {codec.LengthDelimited{FieldLen: 4, Adjust: -4}, []string{"abcdefghi"}, "\x00\x00\x00\x0dabcdefghi"},
		"counts less":   {codec.LengthDelimited{FieldLen: 1, Adjust: 2}, []string{"abc"}, "\x01abc"},
	} {
		t.Run(name, func(t *testing.T) {
			w := new(script)
			f := codec.NewFramedWrite(w, &c.d)
			for _, frame := range c.frames {
				must(t, f.Feed([]byte(frame)))
			}
			must(t, f.Flush())
			if w.wrote() != c.want {
				t.Errorf("%q, want %q", w.wrote(), c.want)
			}
		})
	}
}

// What does not fit is refused whole, and the sink goes on.
func TestLengthDelimitedRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		d    codec.LengthDelimited
		n    int
		long bool
		ok   bool
	}{
		"as long as a byte says":          {codec.LengthDelimited{FieldLen: 1}, 255, false, true},
		"longer than a byte says":         {codec.LengthDelimited{FieldLen: 1}, 256, true, false},
		"as long as it and an adjust":     {codec.LengthDelimited{FieldLen: 1, Adjust: 10}, 265, false, true},
		"longer than that":                {codec.LengthDelimited{FieldLen: 1, Adjust: 10}, 266, true, false},
		"as long, with its head counted":  {codec.LengthDelimited{FieldLen: 1, Adjust: -1}, 254, false, true},
		"longer, with its head counted":   {codec.LengthDelimited{FieldLen: 1, Adjust: -1}, 255, true, false},
		"shorter than an adjust":          {codec.LengthDelimited{FieldLen: 1, Adjust: 10}, 9, false, false},
		"as long as Max":                  {codec.LengthDelimited{Max: 5}, 5, false, true},
		"longer than Max":                 {codec.LengthDelimited{Max: 5}, 6, true, false},
		"two bytes, as long as they say":  {codec.LengthDelimited{FieldLen: 2}, 65535, false, true},
		"two bytes, longer than they say": {codec.LengthDelimited{FieldLen: 2}, 65536, true, false},
		"eight bytes":                     {codec.LengthDelimited{FieldLen: 8}, 3, false, true},
		"with an offset":                  {codec.LengthDelimited{FieldOffset: 1}, 3, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := new(script)
			f := codec.NewFramedWrite(w, &c.d)
			_, err := run(f.Send(make([]byte, c.n)))
			if (err == nil) != c.ok || errors.Is(err, codec.ErrTooLong) != c.long {
				t.Errorf("it ended with %v", err)
			}
			if !c.ok && (w.wrote() != "" || f.Pending() > 0) {
				t.Errorf("%d bytes were written, %d gathered", len(w.wrote()), f.Pending())
			}
			if c.ok {
				back := codec.NewFramedRead(&script{reads: []any{w.wrote()}}, &codec.LengthDelimited{FieldLen: c.d.FieldLen, Adjust: c.d.Adjust})
				wantFrames(t, back, strings.Repeat("\x00", c.n))
			}
		})
	}
	d := new(codec.LengthDelimited)
	f := codec.NewFramedWrite(new(script), d)
	must(t, f.Feed(make([]byte, 9)))
	d.Max = 5
	if _, err := run(f.Send(make([]byte, 9))); !errors.Is(err, codec.ErrTooLong) {
		t.Errorf("it ended with %v", err)
	}
	must(t, f.Send(make([]byte, 5)))
}

func TestLengthDelimitedMisuse(t *testing.T) {
	for _, d := range []codec.LengthDelimited{{FieldLen: 9}, {FieldLen: -1}, {FieldOffset: -1}, {Skip: -2}} {
		mustPanic(t, func() { _, _, _ = d.Decode(nil, false) }, "set FieldLen to 1 to 8 or 0")
	}
}

// A message that was cut short is forgotten with what it came in: the next bytes begin with a head.
func TestLengthDelimitedCutShort(t *testing.T) {
	d := new(codec.LengthDelimited)
	for _, c := range []struct{ bytes, want string }{{"\x00\x00\x00\x05ab", "more"}, {"\x00\x00\x00\x02ab", `"ab"`}} {
		src := []byte(c.bytes)
		if got := decode(d, &src, true); got != c.want {
			t.Errorf("%q: %s, want %s", c.bytes, got, c.want)
		}
	}
}
