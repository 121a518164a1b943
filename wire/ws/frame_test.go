package ws_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/magpie-go/magpie/wire/ws"
)

func TestLengthsInTheirShortestForm(t *testing.T) {
	for _, in := range []string{
		"\x82\x7e\x00\x7d", "\x82\xfe\x00\x00", "\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", "\x82\x7f\x80\x00\x00\x00\x00\x01\x00\x00",
	} {
		if _, n, err := ws.ParseHeader([]byte(in)); n != 0 || err != ws.ErrLength {
			t.Errorf("%x: %d, %v", in, n, err)
		}
	}
}

func TestLimits(t *testing.T) {
	for name, frames := range map[string][]frame{
		"one frame": {{op: ws.Binary, data: repeat(101)}},
		"fragments": {{op: ws.Binary, data: repeat(60), more: true}, {data: repeat(41)}},
	} {
		in := bytesOf(frames...)
		if _, given, err := read(&ws.Reader{MaxMessage: 100}, in, 1); err != ws.ErrTooBig || given > len(in)-41 {
			t.Errorf("%s: %v after %d bytes of %d", name, err, given, len(in))
		}
		if _, _, err := read(&ws.Reader{MaxMessage: 101}, in, 1); err != nil {
			t.Errorf("%s within the limit: %v", name, err)
		}
	}
	// Many fragments whose lengths sum up to more than there are numbers.
	huge := ws.AppendHeader(nil, ws.Header{Op: ws.Binary, Final: true, Masked: true, Length: 1<<63 - 1})
	if _, _, err := new(ws.Reader).Next(huge); err != ws.ErrTooBig {
		t.Error(err)
	}
}

// A client reads frames without masks, and only those.
func TestClientSide(t *testing.T) {
	in := ws.AppendFrame(ws.AppendFrame(nil, ws.Text, "hello"), ws.Ping, []byte("p"))
	got, _, err := read(&ws.Reader{Client: true}, in, 3)
	if err != nil || !slices.Equal(got, []string{"text:hello", "ping:p"}) {
		t.Errorf("%q, %v", got, err)
	}
	if _, _, err := read(&ws.Reader{Client: true}, ws.AppendMasked(nil, ws.Text, "hello", key), 3); err != ws.ErrMasked {
		t.Error(err)
	}
	got, _, err = read(new(ws.Reader), ws.AppendMasked(nil, ws.Text, "hello", key), 3)
	if err != nil || !slices.Equal(got, []string{"text:hello"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAcceptKey(t *testing.T) {
	// The example of RFC 6455.
	if got := string(ws.AppendAccept(nil, "dGhlIHNhbXBsZSBub25jZQ==")); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Error(got)
	}
	for key, want := range map[string]bool{"dGhlIHNhbXBsZSBub25jZQ==": true, "dGhlIHNhbXBsZSBub25jZQ": false, "": false, "YQ==": false, ws.NewKey([16]byte{1}): true} {
		if ws.IsKey(key) != want {
			t.Errorf("%q: %v", key, !want)
		}
	}
}

func TestClosing(t *testing.T) {
	long := strings.Repeat("ä", 100)
	p := ws.AppendClosing(nil, ws.GoingAway, long)
	code, reason, err := ws.ParseClosing(p)
	if code != ws.GoingAway || len(p) > ws.MaxControl || !strings.HasPrefix(long, string(reason)) || len(reason) < 120 || err != nil {
		t.Errorf("%d, %q, %v", code, reason, err)
	}
	for _, bad := range []string{"a\xffb", strings.Repeat("\x80", 200), strings.Repeat("ä", 61) + "\xc3\xa4"[:1] + "x"} {
		p := ws.AppendClosing(nil, ws.Normal, bad)
		if _, reason, err := ws.ParseClosing(p); err != nil || len(reason) == 0 || len(p) > ws.MaxControl {
			t.Errorf("a reason that is not UTF-8 is sent as %q: %v", p, err)
		}
	}
	if p := ws.AppendClosing(nil, ws.NoStatus, "x"); len(p) != 0 {
		t.Errorf("%q", p)
	}
	if ws.CloseOf(ws.ErrUTF8) != ws.BadData || ws.CloseOf(bytes.ErrTooLarge) != ws.InternalError {
		t.Error("codes of errors")
	}
}

func TestDoesNotAllocate(t *testing.T) {
	in := bytesOf(frame{op: ws.Text, data: "hello, magpie"}, frame{op: ws.Ping, data: "p"})
	var r ws.Reader
	buf := make([]byte, len(in))
	if n := testing.AllocsPerRun(100, func() {
		copy(buf, in)
		for p := buf; len(p) > 0; {
			_, n, err := r.Next(p)
			if n == 0 || err != nil {
				t.Fatal(n, err)
			}
			p = p[n:]
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Masking eight bytes at a time is masking one after the other, wherever it begins.
func FuzzMask(f *testing.F) {
	f.Add([]byte("hello, magpie, hello, magpie, hello, magpie"), int64(3))
	f.Fuzz(func(t *testing.T, p []byte, offset int64) {
		offset &= 1<<40 - 1
		want := bytes.Clone(p)
		for i := range want {
			want[i] ^= key[(offset+int64(i))&3]
		}
		if ws.Mask(p, key, offset); !bytes.Equal(p, want) {
			t.Errorf("%x, want %x", p, want)
		}
	})
}

// What a text is does not depend on how it is cut, and agrees with package utf8.
func FuzzUTF8(f *testing.F) {
	f.Add([]byte("κόσμε\xed\xa0\x80"), byte(2))
	f.Fuzz(func(t *testing.T, p []byte, size byte) {
		var u ws.UTF8
		ok := true
		for rest := p; ok && len(rest) > 0; {
			n := min(int(size)+1, len(rest))
			ok = u.Feed(rest[:n])
			rest = rest[n:]
		}
		if got := ok && u.Whole(); got != utf8.Valid(p) {
			t.Errorf("%q: %v", p, got)
		}
	})
}

// However frames are cut, they are read as the same, or the same error.
func FuzzReader(f *testing.F) {
	for _, c := range cases[:20] {
		if in := bytesOf(c.frames...); len(in) < 1000 {
			f.Add(in, byte(1), false)
		}
	}
	f.Add([]byte("A\xfe\x000"), byte(2), false)
	f.Fuzz(func(t *testing.T, in []byte, size byte, compressed bool) {
		one, _, err := read(&ws.Reader{MaxMessage: 1000, Compressed: compressed}, in, len(in)+1)
		other, _, err2 := read(&ws.Reader{MaxMessage: 1000, Compressed: compressed}, in, int(size)+1)
		if err != err2 || !slices.Equal(one, other) {
			t.Errorf("%x: %q, %v; %d at a time: %q, %v", in, one, err, size+1, other, err2)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	p := make([]byte, 4096)
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		ws.Mask(p, key, 0)
	}
}
