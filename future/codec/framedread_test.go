package codec_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/codec"
)

// pairs is a codec of two bytes a frame, and of one at the end.
type pairs struct{ calls int }

func (p *pairs) Decode(src []byte, end bool) ([]byte, int, error) {
	p.calls++
	if len(src) < 2 && !(end && len(src) == 1) {
		return nil, 0, codec.ErrMore
	}
	n := min(len(src), 2)
	return src[:n], n, nil
}

// fussy is a codec of two bytes a frame, one of which it does not like; its error uses up so many bytes.
type fussy struct{ uses int }

func (f *fussy) Decode(src []byte, end bool) ([]byte, int, error) {
	switch {
	case len(src) < 2:
		return nil, 0, codec.ErrMore
	case src[0] == '!':
		return nil, f.uses, errBroken
	}
	return src[:2], 2, nil
}

func TestFramedRead(t *testing.T) {
	for name, c := range map[string]struct {
		dec   codec.Decoder[[]byte]
		reads []any
		want  []any
	}{
		"several in a packet":            {&fussy{}, []any{"aabbcc"}, []any{"aa", "bb", "cc"}},
		"across packets":                 {&fussy{}, []any{"a", "ab", pending{}, "b", "cc"}, []any{"aa", "bb", "cc"}},
		"not ready":                      {&fussy{}, []any{pending{}, pending{}, "aa"}, []any{"aa"}},
		"a part, then not ready":         {&fussy{}, []any{"a", pending{}, "a", pending{}}, []any{"aa"}},
		"an error":                       {&fussy{}, []any{errBroken, "aa"}, []any{errBroken}},
		"a part, then an error":          {&fussy{}, []any{"a", errBroken, "a"}, []any{errBroken}},
		"a part, waiting, then an error": {&fussy{}, []any{"a", pending{}, errBroken}, []any{errBroken}},
		"whole, then an error":           {&fussy{}, []any{"aa", errBroken}, []any{"aa", errBroken}},
		"a part at the end":              {&fussy{}, []any{"aab"}, []any{"aa", io.ErrUnexpectedEOF}},
		"frames made of the end":         {&pairs{}, []any{"aabbc"}, []any{"aa", "bb", "c"}},
		"nothing":                        {&pairs{}, nil, nil},
		"a bad frame, used up":           {&fussy{uses: 2}, []any{"aa!!bb"}, []any{"aa", errBroken, "bb"}},
		"a bad frame, not used up":       {&fussy{}, []any{"aa!!bb"}, []any{"aa", errBroken}},
		"a reader without progress":      {&fussy{}, []any{""}, []any{io.ErrNoProgress}},
	} {
		t.Run(name, func(t *testing.T) {
			f := codec.NewFramedRead(&script{reads: c.reads}, c.dec)
			wantFrames(t, f, c.want...)
			wantFrames(t, f) // it is at its end for good
		})
	}
}

// A frame of any length comes through, and the buffer follows.
func TestFramedReadGrows(t *testing.T) {
	long := strings.Repeat("0123456789", 50_000)
	f := codec.NewFramedRead(aio.FromReader(strings.NewReader("short\n"+long+"\nshort\n")), &codec.Lines{Max: len(long)})
	wantFrames(t, f, "short", long, "short")
}

func TestFramedReadLimit(t *testing.T) {
	f := codec.NewFramedRead(&script{reads: []any{"short\n", strings.Repeat("x", 100)}}, new(codec.Lines))
	f.SetLimit(16)
	wantFrames(t, f, "short", codec.ErrTooLong)
	for _, size := range []int{1, 2, 3, 7, 64} { // frames that just fit go round and round
		f = codec.NewFramedRead(&script{reads: []any{"a\nbc\n\n", "d\n"}}, new(codec.Lines))
		f.SetLimit(max(size, 3))
		wantFrames(t, f, "a", "bc", "", "d")
	}
	f = codec.NewFramedRead(aio.FromReader(strings.NewReader(strings.Repeat("x", 9000))), &codec.Lines{Max: 20_000})
	f.SetLimit(10_000)
	if line, err := next(f); len(line) != 9000 || err != nil || cap(line) > 10_000 {
		t.Errorf("a line of %d bytes, %v, in a buffer of %d", len(line), err, cap(line))
	}
	mustPanic(t, func() { f.SetLimit(0) }, "SetLimit to 0 bytes")
}

// What was read before is found first, without reading.
func TestFramedReadRestore(t *testing.T) {
	first := codec.NewFramedRead(&script{reads: []any{"a\nbbcc"}}, new(codec.Lines))
	if line, err := next(first); string(line) != "a" || err != nil {
		t.Fatal(string(line), err)
	}
	r := &script{reads: []any{errBroken}}
	second := codec.NewFramedRead(r, &pairs{})
	second.Restore(first.Buffered())
	second.Restore([]byte("dd"))
	for _, want := range []string{"bb", "cc", "dd"} {
		if frame, err := next(second); string(frame) != want || err != nil {
			t.Errorf("%q, %v; want %q", frame, err, want)
		}
	}
	wantFrames(t, second, errBroken)
	dec := &pairs{}
	third := codec.NewFramedRead(&script{reads: []any{pending{}}}, dec)
	third.Restore(nil)
	if third.PollNext(context(9)).IsReady() || dec.calls != 0 {
		t.Errorf("nothing was decoded %d times", dec.calls)
	}
}

func TestFramedReadSetDecoder(t *testing.T) {
	f := codec.NewFramedRead(&script{reads: []any{"line\naabb", errBroken}}, codec.Decoder[[]byte](new(codec.Lines)))
	if line, err := next(f); string(line) != "line" || err != nil {
		t.Fatal(string(line), err)
	}
	f.SetDecoder(&pairs{})
	wantFrames(t, f, "aa", "bb", errBroken) // what was read is decoded before more is read
	if _, ok := f.Decoder().(*pairs); !ok {
		t.Errorf("it is %T", f.Decoder())
	}
}

// A wait that is given up takes its waker back, and loses nothing.
func TestFramedReadGivenUp(t *testing.T) {
	r := &script{reads: []any{"a", pending{}, "a"}}
	f := codec.NewFramedRead(r, &pairs{})
	wait := future.Next(f)
	if wait.Poll(context(9)).IsReady() {
		t.Fatal("half a frame")
	}
	wait.Drop()
	if r.forgot != 1 {
		t.Errorf("forgotten %d times", r.forgot)
	}
	wantFrames(t, f, "aa")
	f = codec.NewFramedRead(&script{reads: []any{"aabb"}}, &pairs{})
	if _, err := next(f); err != nil {
		t.Fatal(err)
	}
	future.Drop(f)
	wantFrames(t, f)
}

// Frames that are there are operations too.
func TestFramedReadIsCooperative(t *testing.T) {
	f := codec.NewFramedRead(&script{reads: []any{"aabbcc"}}, &pairs{})
	cx := context(2)
	for i, ready := range []bool{true, true, true, false} { // the script spends nothing for the first
		if f.PollNext(cx).IsReady() != ready {
			t.Errorf("poll %d: ready %v", i, !ready)
		}
	}
	wantFrames(t, f)
	if f.PollNext(context(0)).IsReady() {
		t.Error("the end is told without a budget")
	}
}

// liar is a decoder that says that it has used more than there is.
type liar struct{}

func (liar) Decode(src []byte, end bool) ([]byte, int, error) { return nil, len(src) + 1, nil }

func TestFramedReadMisuse(t *testing.T) {
	mustPanic(t, func() { _, _ = next(codec.NewFramedRead(&script{reads: []any{"a"}}, liar{})) }, "has used 2 of 1 bytes")
	mustPanic(t, func() { codec.NewFramedRead(nil, &pairs{}) }, "nil Reader")
	mustPanic(t, func() { codec.NewFramedRead[[]byte](new(script), nil) }, "nil Decoder")
	for _, f := range []*codec.FramedRead[int]{nil, new(codec.FramedRead[int])} {
		mustPanic(t, func() { f.PollNext(context(1)) }, "a nil or zero FramedRead: NewFramedRead makes them")
		mustPanic(t, func() { f.Buffered() }, "FramedRead")
	}
	if _, err := next(codec.NewFramedRead(new(script), &pairs{})); !errors.Is(err, future.ErrEnd) {
		t.Error(err)
	}
}
