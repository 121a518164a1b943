package aio_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("broken")

// script is a stream that does what it is told, a step a call, and then is at its end. A read step is a string, a
// write step the number of bytes taken; both may be pending once, or an error.
type script struct {
	reads, writes []any
	wrote         []byte
	flushes       int
	closed        bool
	forgot        int
}

type (
	pending struct{}
	lie     int // what is said to be read or written, whatever there is room for
)

func (s *script) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if len(s.reads) == 0 {
		return future.Failed[int](io.EOF)
	}
	switch step := s.reads[0].(type) {
	case string:
		n := copy(p, step)
		if s.reads[0] = step[n:]; n == len(step) {
			s.reads = s.reads[1:]
		}
		return future.Ready(n)
	case lie:
		s.reads = s.reads[1:]
		return future.Ready(int(step))
	case error:
		s.reads = s.reads[1:]
		return future.Failed[int](step)
	}
	s.reads = s.reads[1:]
	cx.Waker().WakeByRef()
	return future.Pending[int]()
}

func (s *script) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	n := len(p)
	if len(s.writes) > 0 {
		step := s.writes[0]
		s.writes = s.writes[1:]
		switch step := step.(type) {
		case error:
			return future.Failed[int](step)
		case pending:
			cx.Waker().WakeByRef()
			return future.Pending[int]()
		case lie:
			return future.Ready(int(step))
		case int:
			n = min(step, len(p))
		}
	}
	s.wrote = append(s.wrote, p[:n]...)
	return future.Ready(n)
}

func (s *script) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	s.flushes++
	return future.Ready(future.Unit{})
}

func (s *script) CloseWrite() error {
	if s.closed {
		return errors.New("closed twice")
	}
	s.closed = true
	return nil
}

func (s *script) ForgetRead()  { s.forgot++ }
func (s *script) ForgetWrite() { s.forgot++ }

func reads(steps ...any) *script { return &script{reads: steps} }

// run runs an operation to its end, on this goroutine.
func run[T any, F future.Op[T]](op F) (T, error) { return future.BlockOn(future.Box[T](op)) }

// must is run for what cannot fail.
func must[T any, F future.Op[T]](t *testing.T, op F) T {
	t.Helper()
	v, err := run[T](op)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// want fails unless an operation came to a value and an error.
func want[T any](t *testing.T, v T, err error, wantValue T, wantErr error) {
	t.Helper()
	if fmt.Sprintf("%q", any(v)) != fmt.Sprintf("%q", any(wantValue)) || err != wantErr && !errors.Is(err, wantErr) {
		t.Fatalf("it came to %q, %v; want %q, %v", any(v), err, any(wantValue), wantErr)
	}
}

func mustPanic(t *testing.T, f func(), message string) {
	t.Helper()
	defer func() {
		t.Helper()
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), message) {
			t.Errorf("recovered %v, want a panic with %q", v, message)
		}
	}()
	f()
}

// counting is a waker that counts its wake-ups.
type counting struct{ woken int }

func (c *counting) context() *waker.Context {
	cx := waker.FromWaker(waker.FromFunc(func() { c.woken++ }))
	return &cx
}

// spendingContext is a poll with so many operations left, whose task is polled again when they are used up.
func spendingContext(n int) (*waker.Context, *counting) {
	c := new(counting)
	b := waker.NewBudget(n)
	cx := waker.NewContext(waker.FromFunc(func() { c.woken++ }), nil, &b)
	return &cx, c
}

type pollInt = future.Poll[int]

type cxt = waker.Context
