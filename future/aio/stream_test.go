package aio_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
)

// pieces is a stream that comes to what it is told: strings, pending, errors.
type pieces struct {
	steps   []any
	after   int // polls after the end
	stopped int
	dropped bool
}

func (s *pieces) PollNext(cx *cxt) future.Poll[[]byte] {
	if len(s.steps) == 0 {
		s.after++
		return future.Failed[[]byte](future.ErrEnd)
	}
	step := s.steps[0]
	s.steps = s.steps[1:]
	switch step := step.(type) {
	case string:
		return future.Ready([]byte(step))
	case error:
		return future.Failed[[]byte](step)
	}
	cx.Waker().WakeByRef()
	return future.Pending[[]byte]()
}

func (s *pieces) StopWaiting() { s.stopped++ }
func (s *pieces) Drop()        { s.dropped = true }

// Pieces of any length are read by buffers of any length, and empty ones are no end.
func TestFromStream(t *testing.T) {
	for _, size := range []int{1, 2, 3, 100} {
		s := &pieces{steps: []any{"he", pending{}, "", "llo", "", " world"}}
		r := aio.FromStream(s)
		var got strings.Builder
		buf := make([]byte, size)
		for {
			n, err := run[int](aio.Read(r, buf))
			got.Write(buf[:n])
			if err == io.EOF {
				break
			}
			if n == 0 || err != nil {
				t.Fatal(n, err)
			}
		}
		want(t, got.String(), nil, "hello world", nil)
		_, err := run[int](aio.Read(r, buf))
		want(t, s.after, err, 1, io.EOF) // it is not polled again
	}
}

func TestFromStreamFails(t *testing.T) {
	r := aio.FromStream(&pieces{steps: []any{"he", errBroken, "llo"}})
	all, err := run[[]byte](aio.ReadAll(r, 100))
	want(t, string(all), err, "he", errBroken)
	all, err = run[[]byte](aio.ReadAll(r, 100))
	want(t, string(all), err, "llo", nil)
}

// Lines are read from what a stream comes to, through a buffer.
func TestFromStreamBuffered(t *testing.T) {
	b := aio.NewBufReader(aio.FromStream(&pieces{steps: []any{"one\ntw", pending{}, "o\nthree"}}), 4)
	for _, line := range []string{"one", "two", "three"} {
		want(t, string(must(t, b.ReadLine(100))), nil, line, nil)
	}
}

func TestFromStreamGivenUp(t *testing.T) {
	s := &pieces{steps: []any{pending{}, "he"}}
	r := aio.FromStream(s)
	read := aio.Read(r, make([]byte, 1))
	if read.Poll(new(counting).context()).IsReady() {
		t.Fatal("ready")
	}
	read.Drop()
	want(t, s.stopped, nil, 1, nil)
	must(t, aio.Read(r, make([]byte, 1)))
	cx, c := spendingContext(0)
	if r.PollRead(cx, make([]byte, 1)).IsReady() || c.woken != 1 {
		t.Error("what is left of a piece is read without a budget")
	}
	future.Drop(r)
	_, err := run[int](aio.Read(r, make([]byte, 1)))
	want(t, s.dropped, err, true, io.EOF)
}

// A stream of what is read ends at the end, and after an error.
func TestPieces(t *testing.T) {
	for name, c := range map[string]struct {
		r    *script
		want string
	}{
		"to the end":  {reads("hel", pending{}, "lo world"), `["hel" "lo w" "orld" end end]`},
		"to an error": {reads("hel", errBroken, "lo"), `["hel" broken end end]`},
		"of nothing":  {reads(), `[end end]`},
	} {
		t.Run(name, func(t *testing.T) {
			s := aio.Pieces(c.r, make([]byte, 4))
			var got []string
			for ends := 0; ends < 2; {
				switch piece, err := run[[]byte](future.Next(s)); {
				case err == future.ErrEnd:
					ends++
					got = append(got, "end")
				case err != nil:
					got = append(got, err.Error())
				default:
					got = append(got, fmt.Sprintf("%q", piece))
				}
			}
			want(t, fmt.Sprint(got), nil, c.want, nil)
		})
	}
	s := reads(pending{})
	p := aio.Pieces(s, make([]byte, 4))
	wait := future.Next(p)
	wait.Poll(new(counting).context())
	wait.Drop()
	want(t, s.forgot, nil, 1, nil)
	future.Drop(p)
	_, err := run[[]byte](future.Next(p))
	want(t, 0, err, 0, future.ErrEnd)
	mustPanic(t, func() { aio.Pieces(s, nil) }, "Pieces with a buffer of no length")
	mustPanic(t, func() { aio.FromStream(nil) }, "FromStream with a nil Stream")
}

func ExamplePieces() {
	s := aio.Pieces(aio.FromReader(strings.NewReader("hello world")), make([]byte, 6))
	for {
		piece, err := future.BlockOn(future.Box(future.Next(s)))
		if err == future.ErrEnd {
			break
		}
		fmt.Printf("%q %v\n", piece, err)
	}
	// Output:
	// "hello " <nil>
	// "world" <nil>
}
