package codec_test

import (
	"math"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future/codec"
)

func TestBytesCodec(t *testing.T) {
	decodes(t, codec.Bytes{}, nil, more("abc", `"abc"`), more("defgh", `"defgh"`))
	p, err := codec.Bytes{}.Encode([]byte("x"), []byte("yz"))
	if string(p) != "xyz" || err != nil {
		t.Errorf("%q, %v", p, err)
	}
}

func TestLines(t *testing.T) {
	decodes(t, new(codec.Lines), []string{`"the end"`},
		more("line 1\nline 2\r\n", `"line 1"`, `"line 2"`),
		more("li"), more("ne 3"), more("\r"), more("\n\n\r\n", `"line 3"`, `""`, `""`),
		more("a\rb\n", `"a\rb"`),
		more("the end\r"))
	decodes(t, new(codec.Lines), nil, more("whole\n", `"whole"`))
}

// A line that is too long is one error, as soon as that is known; the rest of it is thrown away.
func TestLinesTooLong(t *testing.T) {
	for name, c := range map[string]struct {
		atEnd []string
		steps []step
	}{
		"whole": {[]string{`"line 6"`}, []step{more("line 1 is too long\nline 2\nline 3\r\nline 4\n\r\n\n",
			"too long", `"line 2"`, `"line 3"`, `"line 4"`, `""`, `""`), more("line 6")}},
		"whole at the end":   {nil, []step{more("line 1"), more("!", "too long")}},
		"in pieces":          {nil, []step{more("line "), more("too l", "too long"), more("ong\n"), more("line 2\n", `"line 2"`)}},
		"twice":              {nil, []step{more("line "), more("too very l", "too long"), more("aaaaaaaaaaaa"), more("ong\nshort\n", `"short"`)}},
		"in bursts":          {nil, []step{more("line "), more("too l", "too long"), more("ong\n")}},
		"a big burst":        {nil, []step{more("line "), more("too long!\n", "too long")}},
		"an end by itself":   {nil, []step{more("line 1"), more("\n", `"line 1"`)}},
		"as long as allowed": {nil, []step{more("line 1\r"), more("\n", `"line 1"`)}},
		"one byte more":      {nil, []step{more("line 12", "too long"), more("\n")}},
		"a CR within":        {nil, []step{more("line 1\r"), more("2", "too long"), more("\nab\n", `"ab"`)}},
		"again":              {nil, []step{more("aaaaaaaaaa", "too long"), more("aaaaaaaaaa"), more("\nbbbbbbbbbb", "too long"), more("\nc\n", `"c"`)}},
		"not ended":          {nil, []step{more("aaaaaaaaaa", "too long"), more("aaa")}},
	} {
		t.Run(name, func(t *testing.T) {
			decodes(t, &codec.Lines{Max: 6}, c.atEnd, c.steps...)
		})
	}
	long := strings.Repeat("x", codec.DefaultMax+2)
	decodes(t, new(codec.Lines), nil, more(long, "too long"), more("\n"))
	decodes(t, &codec.Lines{Max: math.MaxInt}, []string{`"` + long + `"`}, more("line\r"), more("\n"+long, `"line"`))
	mustPanic(t, func() { _, _, _ = (&codec.Lines{Max: -1}).Decode(nil, false) }, "Lines with a Max of -1")
}

func TestLinesEncode(t *testing.T) {
	l := new(codec.Lines)
	var p []byte
	for _, line := range []string{"line 1", "", "line 2"} {
		var err error
		if p, err = l.Encode(p, []byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	if string(p) != "line 1\n\nline 2\n" {
		t.Errorf("%q", p)
	}
	if q, err := l.Encode(p, []byte("two\nlines")); err == nil || len(q) != len(p) {
		t.Errorf("two lines in one: %q, %v", q, err)
	}
}

func TestAnyDelimiter(t *testing.T) {
	decodes(t, &codec.AnyDelimiter{Delimiters: ",;\n\r"}, []string{`"end"`},
		more("chunk 1,chunk 2;chunk", `"chunk 1"`, `"chunk 2"`),
		more(" 3\n\rend", `"chunk 3"`, `""`))
	decodes(t, &codec.AnyDelimiter{Delimiters: ":"}, nil, more("a:", `"a"`), more(":", `""`))
	mustPanic(t, func() { _, _, _ = new(codec.AnyDelimiter).Decode(nil, false) }, "AnyDelimiter without Delimiters")
}

func TestAnyDelimiterTooLong(t *testing.T) {
	for name, c := range map[string]struct {
		atEnd []string
		steps []step
	}{
		"whole":            {nil, []step{more("chunk 1 is too long\nchunk2,", "too long", `"chunk2"`)}},
		"in pieces":        {nil, []step{more("chunk "), more("too l", "too long"), more("ong\n"), more("chunk2,", `"chunk2"`)}},
		"twice":            {nil, []step{more("chunk "), more("too very l", "too long"), more("aaaaaaaaaa"), more("ong\nshort,", `"short"`)}},
		"in bursts":        {nil, []step{more("chunk "), more("too l", "too long"), more("ong,")}},
		"a big burst":      {nil, []step{more("chunk "), more("too long!,", "too long")}},
		"an end by itself": {nil, []step{more("chunk1"), more(",", `"chunk1"`)}},
		"again":            {nil, []step{more("aaaaaaaaaa", "too long"), more("aaaaaaaaaa"), more(",bbbbbbbbbb", "too long"), more(";c,", `"c"`)}},
	} {
		t.Run(name, func(t *testing.T) {
			decodes(t, &codec.AnyDelimiter{Delimiters: ",;\n", Max: 6}, c.atEnd, c.steps...)
		})
	}
}

func TestAnyDelimiterEncode(t *testing.T) {
	for sep, want := range map[string]string{"": "a,b,", "--": "a--b--"} {
		d := &codec.AnyDelimiter{Delimiters: ",;", Separator: sep}
		p, err := d.Encode(nil, []byte("a"))
		if err != nil {
			t.Fatal(err)
		}
		if p, err = d.Encode(p, []byte("b")); string(p) != want || err != nil {
			t.Errorf("%q, %v; want %q", p, err, want)
		}
	}
}
