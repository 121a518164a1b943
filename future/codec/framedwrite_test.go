package codec_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/codec"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/future/stream"
)

// shout is another encoder of lines.
type shout struct{}

func (shout) Encode(dst, line []byte) ([]byte, error) {
	return append(append(dst, strings.ToUpper(string(line))...), "!\n"...), nil
}

// What is fed is written together by the flush; what is sent is flushed.
func TestFramedWrite(t *testing.T) {
	w := new(script)
	f := codec.NewFramedWrite(w, new(codec.Lines))
	for _, line := range []string{"one", "two"} {
		must(t, f.Feed([]byte(line)))
	}
	if w.wrote() != "" || f.Pending() != 8 {
		t.Errorf("written %q, pending %d", w.wrote(), f.Pending())
	}
	must(t, f.Flush())
	must(t, f.Send([]byte("three")))
	must(t, f.CloseWrite())
	if !slices.Equal(w.calls, []string{"one\ntwo\n", "three\n"}) || w.flushes != 4 || !w.closed || f.Pending() != 0 {
		t.Errorf("written %q, flushed %d times, closed %v", w.calls, w.flushes, w.closed)
	}
}

func TestFramedWriteSetEncoder(t *testing.T) {
	w := new(script)
	f := codec.NewFramedWrite(w, codec.Encoder[[]byte](new(codec.Lines)))
	must(t, f.Feed([]byte("one")))
	f.SetEncoder(shout{})
	must(t, f.Send([]byte("two")))
	if w.wrote() != "one\nTWO!\n" {
		t.Errorf("written %q", w.wrote())
	}
	if _, ok := f.Encoder().(shout); !ok {
		t.Errorf("it is %T", f.Encoder())
	}
}

// At the high-water mark a frame waits until less is gathered, and is not taken before.
func TestFramedWriteBackPressure(t *testing.T) {
	w := &script{writes: []any{pending{}, pending{}, 3, pending{}}}
	f := codec.NewFramedWrite(w, new(codec.Lines))
	f.SetHighWater(8)
	must(t, f.Feed([]byte("one")))
	must(t, f.Feed([]byte("two"))) // 4 are gathered, which is less than 8
	three := f.Feed([]byte("three"))
	for i := range 2 {
		if three.Poll(context(9)).IsReady() || three.Fed() {
			t.Fatalf("taken at poll %d, with %d pending", i, f.Pending())
		}
	}
	if !three.Poll(context(9)).IsReady() || !three.Fed() || f.Pending() != 11 {
		t.Errorf("fed %v, pending %d", three.Fed(), f.Pending())
	}
	must(t, f.Flush())
	if w.wrote() != "one\ntwo\nthree\n" {
		t.Errorf("written %q", w.wrote())
	}
	f.SetHighWater(0) // each is written before the next
	must(t, f.Feed([]byte("four")))
	must(t, f.Feed([]byte("five")))
	if f.SetHighWater(8); !strings.HasSuffix(w.wrote(), "four\n") || f.Pending() != 5 {
		t.Errorf("written %q, pending %d", w.wrote(), f.Pending())
	}
	mustPanic(t, func() { f.SetHighWater(-1) }, "SetHighWater to -1 bytes")
}

// A slow Writer gets all frames whole and in order, though more are fed while it is at it.
func TestFramedWriteSlowly(t *testing.T) {
	w := new(script)
	for i := range 300 {
		w.writes = append(w.writes, 1+i%3, pending{})
	}
	f := codec.NewFramedWrite(w, new(codec.Lines))
	f.SetHighWater(16)
	var want strings.Builder
	for i := range 40 {
		line := strings.Repeat(string(rune('a'+i%26)), i%12)
		want.WriteString(line + "\n")
		if i%5 == 0 {
			flush := f.Flush() // which does not come far
			flush.Poll(context(9))
			flush.Drop()
		}
		must(t, f.Feed([]byte(line)))
		if f.Pending() >= 16+12 {
			t.Fatalf("%d bytes are gathered", f.Pending())
		}
	}
	must(t, f.Flush())
	if w.wrote() != want.String() {
		t.Errorf("%q was sent, %q arrived", want.String(), w.wrote())
	}
}

// An error of the Encoder is that frame's; one of the Writer is final.
func TestFramedWriteFails(t *testing.T) {
	w := &script{writes: []any{4, errBroken}}
	f := codec.NewFramedWrite(w, new(codec.Lines))
	must(t, f.Feed([]byte("one")))
	if _, err := run(f.Feed([]byte("t\nwo"))); err == nil {
		t.Error("a bad frame was taken")
	}
	must(t, f.Flush())
	if _, err := run(f.Send([]byte("three"))); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	if _, err := run(f.Feed([]byte("four"))); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	if err := f.Put([]byte("four")); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	if _, err := run(f.CloseWrite()); !errors.Is(err, errBroken) || w.closed {
		t.Errorf("%v, closed %v", err, w.closed)
	}
	if w.wrote() != "one\n" {
		t.Errorf("written %q", w.wrote())
	}
	none := codec.NewFramedWrite(&script{writes: []any{0}}, new(codec.Lines))
	if _, err := run(none.Send([]byte("one"))); err == nil {
		t.Error("a Writer that takes nothing goes unnoticed")
	}
}

// half is an encoder that fails in the middle of a frame.
type half struct{}

func (half) Encode(dst, line []byte) ([]byte, error) { return append(dst, "half"...), errBroken }

// Nothing is sent of a frame that its Encoder fails at.
func TestFramedWriteHalfAFrame(t *testing.T) {
	w := new(script)
	f := codec.NewFramedWrite(w, codec.Encoder[[]byte](new(codec.Lines)))
	must(t, f.Feed([]byte("one")))
	f.SetEncoder(half{})
	if _, err := run(f.Feed([]byte("two"))); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	must(t, f.Flush())
	if w.wrote() != "one\n" {
		t.Errorf("written %q", w.wrote())
	}
}

// A Send that is given up says whether its frame was gathered, and takes its waker back.
func TestSendGivenUp(t *testing.T) {
	w := &script{writes: []any{pending{}, pending{}}}
	f := codec.NewFramedWrite(w, new(codec.Lines))
	f.SetHighWater(1)
	one := f.Send([]byte("one"))
	if one.Poll(context(9)).IsReady() {
		t.Fatal("ready")
	}
	one.Drop()
	two := f.Send([]byte("two"))
	if two.Poll(context(9)).IsReady() {
		t.Fatal("ready")
	}
	two.Drop()
	if !one.Fed() || two.Fed() || w.forgot != 2 {
		t.Errorf("fed %v and %v, forgotten %d times", one.Fed(), two.Fed(), w.forgot)
	}
	must(t, f.Flush())
	if w.wrote() != "one\n" {
		t.Errorf("written %q", w.wrote())
	}
	mustPanic(t, func() { one.Poll(context(1)) }, "a SendOp polled after Ready")
}

func TestFramedWriteIsCooperative(t *testing.T) {
	f := codec.NewFramedWrite(new(script), new(codec.Lines))
	op := f.Feed([]byte("one"))
	if op.Poll(context(0)).IsReady() || op.Fed() {
		t.Error("a frame is taken without a budget")
	}
}

func TestFramedWriteMisuse(t *testing.T) {
	mustPanic(t, func() { codec.NewFramedWrite(nil, new(codec.Lines)) }, "nil Writer")
	mustPanic(t, func() { codec.NewFramedWrite[int](new(script), nil) }, "nil Encoder")
	mustPanic(t, func() { codec.NewFramed[int, int](new(script), nil) }, "nil Codec")
	for _, f := range []*codec.FramedWrite[int]{nil, new(codec.FramedWrite[int])} {
		mustPanic(t, func() { f.Feed(1) }, "a nil or zero FramedWrite: NewFramedWrite makes them")
		mustPanic(t, func() { f.PollFlush(context(1)) }, "FramedWrite")
	}
}

var _ sink.Sink[[]byte] = (*codec.FramedWrite[[]byte])(nil)

// It is a sink: what a stream has is written, and then the end is told, once, after what the end itself needs is written.
func TestFramedWriteIsASink(t *testing.T) {
	w := &script{writes: []any{pending{}, 3}}
	f := codec.NewFramedWrite(w, new(codec.Lines))
	must(t, sink.Forward[[]byte](stream.Of([]byte("one"), []byte("two")), f))
	must(t, sink.Close[[]byte](f))
	if w.wrote() != "one\ntwo\n" || w.closes != 1 || w.flushes != 3 {
		t.Errorf("written %q, closed %d times, flushed %d times", w.wrote(), w.closes, w.flushes)
	}
	w = &script{writes: []any{pending{}}}
	f = codec.NewFramedWrite(w, new(codec.Lines))
	op := sink.Send[[]byte](f, []byte("three"))
	if op.Poll(context(9)).IsReady() {
		t.Fatal("it is ready")
	}
	if op.Drop(); !op.Fed() || w.forgot != 1 {
		t.Errorf("fed %v, forgot %d times", op.Fed(), w.forgot)
	}
	w = &script{writes: []any{errBroken}}
	if _, err := run[future.Unit](sink.Send[[]byte](codec.NewFramedWrite(w, new(codec.Lines)), nil)); err != errBroken {
		t.Errorf("it came to %v", err)
	}
}

// Frames in both directions are a stream and a sink in one, of which each half waits for itself.
func TestFramedIsAStreamAndASink(t *testing.T) {
	s := &script{reads: []any{"one\ntw", "o\n"}}
	f := codec.NewFramed(s, new(codec.Lines))
	must(t, sink.SendAll[[]byte](f, f))
	if s.wrote() != "one\ntwo\n" {
		t.Errorf("written %q", s.wrote())
	}
	before := s.forgot
	if future.StopWaiting(f); s.forgot != before+1 {
		t.Error("a wait to read that was given up has not reached the reader")
	}
	if sink.StopSending(f); s.forgot != before+2 {
		t.Error("a wait to write that was given up has not reached the writer")
	}
}
