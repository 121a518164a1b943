package codec_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/codec"
	"github.com/magpie-go/magpie/waker"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("broken")

type pending struct{}

// script is a stream that does what it is told, a step a call: a string is read, an int is how much is taken at most; both may
// be pending once, or an error. After the last step it is at its end, or takes everything.
type script struct {
	reads, writes []any
	calls         []string // what was written by each
	flushes       int
	closed        bool
	closes        int
	forgot        int
}

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
		case int:
			n = min(n, step)
		case error:
			return future.Failed[int](step)
		default:
			cx.Waker().WakeByRef()
			return future.Pending[int]()
		}
	}
	s.calls = append(s.calls, string(p[:n]))
	return future.Ready(n)
}

func (s *script) PollFlush(*waker.Context) future.Poll[future.Unit] {
	s.flushes++
	return future.Ready(future.Unit{})
}

func (s *script) CloseWrite() error {
	s.closed = true
	s.closes++
	return nil
}

func (s *script) ForgetRead()  { s.forgot++ }
func (s *script) ForgetWrite() { s.forgot++ }

func (s *script) wrote() string { return strings.Join(s.calls, "") }

// run runs an operation to its end, on this goroutine.
func run[T any, F future.Op[T]](op F) (T, error) { return future.BlockOn(future.Box[T](op)) }

// next waits for the next frame.
func next[T any](s future.Stream[T]) (T, error) { return run[T](future.Next(s)) }

func must[T any, F future.Op[T]](t *testing.T, op F) {
	t.Helper()
	if _, err := run[T](op); err != nil {
		t.Fatal(err)
	}
}

// frames are what a stream comes to: frames as strings, and errors.
func frames(t *testing.T, s future.Stream[[]byte]) (all []any) {
	t.Helper()
	for range 1000 {
		frame, err := next(s)
		switch {
		case err == future.ErrEnd:
			return all
		case err != nil:
			all = append(all, err)
		default:
			all = append(all, string(frame))
		}
	}
	t.Fatal("it does not end")
	return nil
}

// wantFrames fails unless a stream comes to frames, and errors as errors.Is takes them.
func wantFrames(t *testing.T, s future.Stream[[]byte], want ...any) {
	t.Helper()
	got := frames(t, s)
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		g, gotErr := got[i].(error)
		w, wantErr := want[i].(error)
		ok = gotErr == wantErr && (gotErr && errors.Is(g, w) || !gotErr && got[i] == want[i])
	}
	if !ok {
		t.Fatalf("it came to %q, want %q", got, want)
	}
}

// decode decodes once, and takes what is used up off src.
func decode(d codec.Decoder[[]byte], src *[]byte, end bool) string {
	frame, n, err := d.Decode(*src, end)
	*src = (*src)[n:]
	switch {
	case err == codec.ErrMore:
		return "more"
	case errors.Is(err, codec.ErrTooLong):
		return "too long"
	case err != nil:
		return err.Error()
	}
	return fmt.Sprintf("%q", frame)
}

// step is bytes that come, and what decoding them again and again then comes to.
type step struct {
	bytes string
	want  []string
}

func more(bytes string, want ...string) step { return step{bytes, want} }

// decodes has bytes come in steps, and then end, with what that comes to.
func decodes(t *testing.T, d codec.Decoder[[]byte], atEnd []string, steps ...step) {
	t.Helper()
	var src []byte
	for _, s := range append(steps, step{"", atEnd}) {
		src = append(src, s.bytes...)
		end := s.bytes == ""
		for _, want := range append(s.want, "more") {
			if got := decode(d, &src, end); got != want {
				t.Fatalf("after %q: %s, want %s", s.bytes, got, want)
			}
		}
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

// context is a poll with so many operations left.
func context(n int) *waker.Context {
	b := waker.NewBudget(n)
	cx := waker.NewContext(waker.FromFunc(func() {}), nil, &b)
	return &cx
}
