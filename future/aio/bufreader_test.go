package aio_test

import (
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/waker"
)

// Reads of all sizes come out of the buffer in order, also when the buffer is small and the source slow.
func TestBufReaderReads(t *testing.T) {
	for _, size := range []int{1, 2, 5, 64} {
		b := aio.NewBufReader(reads(pending{}, "hello", pending{}, " ", "world"), size)
		var got strings.Builder
		for room := 0; ; room = (room + 1) % 7 {
			buf := make([]byte, room)
			n, err := run[int](b.Read(buf))
			got.Write(buf[:n])
			if err == io.EOF {
				break
			}
			if err != nil || n == 0 && room > 0 {
				t.Fatalf("%d, %v", n, err)
			}
		}
		want(t, got.String(), nil, "hello world", nil)
	}
}

// Large reads go past an empty buffer, and what is buffered comes first.
func TestBufReaderShortReads(t *testing.T) {
	b := aio.NewBufReader(reads("abc", "defgh"), 4)
	buf := make([]byte, 8)
	want(t, string(must(t, b.Peek(1))), nil, "abc", nil)
	want(t, string(buf[:must(t, b.Read(buf))]), nil, "abc", nil)
	want(t, string(buf[:must(t, b.Read(buf))]), nil, "defgh", nil)
	if len(b.Buffered()) != 0 {
		t.Error("it went through the buffer")
	}
}

func TestBufReaderPeekFillConsume(t *testing.T) {
	b := aio.NewBufReader(reads("he", pending{}, "llo", "!"), 4)
	want(t, string(must(t, b.Fill())), nil, "he", nil)
	want(t, string(must(t, b.Fill())), nil, "he", nil)
	want(t, string(must(t, b.Peek(0))), nil, "he", nil)
	b.Consume(1)
	want(t, string(must(t, b.Peek(3))), nil, "ell", nil)
	want(t, string(must(t, b.Peek(5))), nil, "ello!", nil) // the buffer grows
	p, err := run[[]byte](b.Peek(6))
	want(t, string(p), err, "ello!", io.EOF)
	b.Consume(5)
	_, err = run[[]byte](b.Fill())
	want(t, 0, err, 0, io.EOF)
	mustPanic(t, func() { b.Consume(1) }, "Consume of 1 bytes where 0 are buffered")
	mustPanic(t, func() { b.Peek(-1) }, "Peek of -1 bytes")
}

func TestBufReaderByte(t *testing.T) {
	b := aio.NewBufReader(reads("h", pending{}, "i", errBroken), 4)
	want(t, must(t, b.Byte()), nil, 'h', nil)
	want(t, must(t, b.Byte()), nil, 'i', nil)
	_, err := run[byte](b.Byte())
	want(t, 0, err, 0, errBroken)
	_, err = run[byte](b.Byte())
	want(t, 0, err, 0, io.EOF)
}

func TestBufReaderReadUntil(t *testing.T) {
	b := aio.NewBufReader(reads("he", pending{}, "l", "lo:wor", pending{}, "ld:", "rest"), 4)
	want(t, string(must(t, b.ReadUntil(':', 100))), nil, "hello:", nil)
	want(t, string(must(t, b.ReadUntil(':', 6))), nil, "world:", nil)
	p, err := run[[]byte](b.ReadUntil(':', 100))
	want(t, string(p), err, "rest", io.EOF)
	p, err = run[[]byte](b.ReadUntil(':', 100))
	want(t, string(p), err, "", io.EOF)
}

// What an error, or a limit, cuts off stays in the buffer.
func TestBufReaderReadUntilFails(t *testing.T) {
	b := aio.NewBufReader(reads("hello", errBroken, "you:"), 16)
	_, err := run[[]byte](b.ReadUntil(':', 100))
	want(t, 0, err, 0, errBroken)
	want(t, string(must(t, b.ReadUntil(':', 100))), nil, "helloyou:", nil)

	b = aio.NewBufReader(reads("123456:"), 2)
	_, err = run[[]byte](b.ReadUntil(':', 6))
	want(t, 0, err, 0, aio.ErrTooLong)
	if n := len(b.Buffered()); n != 6 {
		t.Errorf("%d bytes are buffered", n)
	}
	want(t, string(must(t, b.ReadUntil(':', 7))), nil, "123456:", nil)
	mustPanic(t, func() { b.ReadUntil(':', 0) }, "ReadUntil with a limit of 0 bytes")
}

// atOnce is a reader that has its end, or an error, beside its last bytes.
type atOnce struct {
	text string
	err  error
}

func (a *atOnce) PollRead(_ *waker.Context, p []byte) future.Poll[int] {
	n := copy(p, a.text)
	a.text = a.text[n:]
	return future.Done(n, a.err)
}

// A limit holds though the end has come beside what is beyond it.
func TestBufReaderLimitAtTheEnd(t *testing.T) {
	b := aio.NewBufReader(&atOnce{"1234567", io.EOF}, 16)
	for range 2 {
		p, err := run[[]byte](b.ReadUntil(':', 6))
		want(t, string(p), err, "", aio.ErrTooLong)
	}
	p, err := run[[]byte](b.ReadUntil(':', 8))
	want(t, string(p), err, "1234567", io.EOF)
}

func TestBufReaderReadLine(t *testing.T) {
	for _, size := range []int{1, 3, 64} {
		b := aio.NewBufReader(reads("one\n", "two", pending{}, "\r", "\nth\rree\r\n\n", "last"), size)
		for _, line := range []string{"one", "two", "th\rree", "", "last"} {
			want(t, string(must(t, b.ReadLine(100))), nil, line, nil)
		}
		_, err := run[[]byte](b.ReadLine(100))
		want(t, 0, err, 0, io.EOF)
	}
}

func TestBufReaderReadLineFails(t *testing.T) {
	b := aio.NewBufReader(reads("hel", errBroken, "lo\n"), 16)
	_, err := run[[]byte](b.ReadLine(100))
	want(t, 0, err, 0, errBroken)
	want(t, string(must(t, b.ReadLine(100))), nil, "hello", nil)
	b = aio.NewBufReader(reads("hello\n"), 16)
	_, err = run[[]byte](b.ReadLine(5))
	want(t, 0, err, 0, aio.ErrTooLong)
	want(t, string(must(t, b.ReadLine(6))), nil, "hello", nil)
}

// A line that is given up in the middle is there for the next one.
func TestBufReaderReadLineDropped(t *testing.T) {
	b := aio.NewBufReader(reads("he", pending{}, "llo\n"), 16)
	line := b.ReadLine(100)
	if line.Poll(new(counting).context()).IsReady() {
		t.Fatal("ready")
	}
	line.Drop()
	want(t, string(must(t, b.ReadLine(100))), nil, "hello", nil)
}

// What is served from the buffer is an operation too.
func TestBufReaderIsCooperative(t *testing.T) {
	b := aio.NewBufReader(reads("hello\nyou\n"), 64)
	must(t, b.Fill())
	for name, poll := range map[string]func(cx *cxt) bool{
		"Read":  func(cx *cxt) bool { op := b.Read(make([]byte, 1)); return op.Poll(cx).IsReady() },
		"Peek":  func(cx *cxt) bool { op := b.Peek(1); return op.Poll(cx).IsReady() },
		"Byte":  func(cx *cxt) bool { op := b.Byte(); return op.Poll(cx).IsReady() },
		"Until": func(cx *cxt) bool { op := b.ReadLine(9); return op.Poll(cx).IsReady() },
	} {
		cx, c := spendingContext(0)
		if poll(cx) || c.woken != 1 {
			t.Errorf("%s is ready without a budget", name)
		}
	}
	want(t, string(b.Buffered()), nil, "hello\nyou\n", nil)
}
