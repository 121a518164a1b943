package codec_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future/codec"
)

// cut cuts bytes into pieces as long as the bytes of sizes say, so that frames come split anywhere; the rest is one piece.
func cut(p string, sizes []byte) (pieces []any) {
	for _, size := range sizes {
		n := min(int(size), len(p))
		if n > 0 {
			pieces = append(pieces, p[:n])
		}
		pieces = append(pieces, pending{})
		p = p[n:]
	}
	if len(p) > 0 {
		pieces = append(pieces, p)
	}
	return pieces
}

// roundTrip encodes frames and has them decoded again, in pieces.
func roundTrip(t *testing.T, c codec.Codec[[]byte, []byte], sent []string, sizes []byte) {
	t.Helper()
	var p []byte
	for _, frame := range sent {
		var err error
		if p, err = c.Encode(p, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	got := frames(t, codec.NewFramedRead(&script{reads: cut(string(p), sizes)}, c))
	if len(got) != len(sent) {
		t.Fatalf("%d frames of %d", len(got), len(sent))
	}
	for i := range got {
		if got[i] != any(sent[i]) {
			t.Fatalf("frame %d: %q, want %q", i, got[i], sent[i])
		}
	}
}

// sameInPieces decodes anything, whole and in pieces: that comes to the same, and to no panic.
func sameInPieces(t *testing.T, make func() codec.Decoder[[]byte], src []byte, sizes []byte) {
	t.Helper()
	whole := codec.NewFramedRead(&script{reads: cut(string(src), nil)}, make())
	pieces := codec.NewFramedRead(&script{reads: cut(string(src), sizes)}, make())
	a, b := frames(t, whole), frames(t, pieces)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) {
			t.Fatalf("%q, and in pieces %q", a, b)
		}
		_, aFails := a[i].(error)
		_, bFails := b[i].(error)
		if aFails != bFails || !aFails && a[i] != b[i] {
			t.Fatalf("%q, and in pieces %q", a, b)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("one\ntwo\r\n\nthe last"), []byte{1, 2, 0, 9})
	f.Add([]byte("a line that is too long\nshort\r\n"), []byte{5, 5, 5})
	f.Fuzz(func(t *testing.T, p, sizes []byte) {
		if len(p) > 500 || len(sizes) > 500 {
			return
		}
		sameInPieces(t, func() codec.Decoder[[]byte] { return &codec.Lines{Max: 6} }, p, sizes)
		sent := strings.Split(strings.ReplaceAll(string(p), "\r", ""), "\n")
		roundTrip(t, &codec.Lines{Max: 1000}, sent, sizes)
	})
}

func FuzzAnyDelimiter(f *testing.F) {
	f.Add([]byte("one,two;three"), []byte{1, 2, 0, 9})
	f.Fuzz(func(t *testing.T, p, sizes []byte) {
		if len(p) > 500 || len(sizes) > 500 {
			return
		}
		sameInPieces(t, func() codec.Decoder[[]byte] { return &codec.AnyDelimiter{Delimiters: ",;", Max: 6} }, p, sizes)
		sent := strings.FieldsFunc(string(p), func(r rune) bool { return r == ',' || r == ';' })
		roundTrip(t, &codec.AnyDelimiter{Delimiters: ",;", Separator: ";"}, sent, sizes)
	})
}

func FuzzLengthDelimited(f *testing.F) {
	f.Add([]byte("\x00\x03abc\x00\x00"), []byte{1, 2, 0, 9}, byte(2), int8(0), false)
	f.Add([]byte("\x05\x00abc"), []byte{3}, byte(2), int8(-2), true)
	f.Fuzz(func(t *testing.T, p, sizes []byte, width byte, adjust int8, little bool) {
		if len(p) > 500 || len(sizes) > 500 {
			return
		}
		d := codec.LengthDelimited{FieldLen: 1 + int(width%8), Adjust: int(adjust), LittleEndian: little, Max: 1000}
		sameInPieces(t, func() codec.Decoder[[]byte] {
			d := d
			d.FieldOffset, d.Skip, d.Max = int(width/8)%4, int(width/32)-1, 100
			return &d
		}, p, sizes)
		var sent []string
		for _, frame := range bytes.SplitAfter(p, []byte("a")) {
			if n := len(frame) - d.Adjust; n >= 0 && (d.FieldLen > 1 || n < 256) {
				sent = append(sent, string(frame))
			}
		}
		roundTrip(t, &d, sent, sizes)
	})
}
