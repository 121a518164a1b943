package aio_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/testkit"
)

func TestFromReader(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"plain":            strings.NewReader("hello"),
		"error with bytes": iotest.DataErrReader(strings.NewReader("hello")),
		"by the byte":      iotest.OneByteReader(strings.NewReader("hello")),
		"now and then":     &sometimes{r: strings.NewReader("hello")},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := run[[]byte](aio.ReadAll(aio.FromReader(r), 100))
			want(t, string(all), err, "hello", nil)
		})
	}
	_, err := run[int](aio.Read(aio.FromReader(idle{}), make([]byte, 1)))
	want(t, 0, err, 0, io.ErrNoProgress)
	want(t, must(t, aio.Read(aio.FromReader(idle{}), nil)), nil, 0, nil)
}

// sometimes reads nothing every other time.
type sometimes struct {
	r    io.Reader
	next bool
}

func (s *sometimes) Read(p []byte) (int, error) {
	if s.next = !s.next; s.next {
		return 0, nil
	}
	return s.r.Read(p)
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestFromWriter(t *testing.T) {
	var b bytes.Buffer
	n, err := run[int64](aio.Copy(aio.FromWriter(&b), reads("hel", pending{}, "lo"), nil))
	want(t, n, err, 5, nil)
	want(t, b.String(), nil, "hello", nil)
	count, err := run[int](aio.WriteAll(aio.FromWriter(&short{room: 3}), []byte("hello")))
	want(t, count, err, 3, errBroken)
}

// short is a writer that takes so many bytes, and then fails.
type short struct{ room int }

func (s *short) Write(p []byte) (int, error) {
	n := min(len(p), s.room)
	if s.room -= n; n < len(p) {
		return n, errBroken
	}
	return n, nil
}

// What takes an io.Reader and an io.Writer works in an async function, and awaits.
func TestCoReaderAndCoWriter(t *testing.T) {
	user, server := aio.Duplex(4)
	shout := inBackground(t, future.Of(future.Async(func(co *future.Co) (int, error) {
		out := aio.NewCoWriter(co, aio.NewBufWriter(server, 16))
		lines := bufio.NewScanner(aio.NewCoReader(co, server))
		n := 0
		for ; lines.Scan(); n++ {
			if _, err := io.WriteString(out, strings.ToUpper(lines.Text())+"\n"); err != nil {
				return n, err
			}
			if err := out.Flush(); err != nil {
				return n, err
			}
		}
		return n, errors.Join(lines.Err(), out.Close())
	})))
	answers := aio.NewBufReader(user, 0)
	for _, word := range []string{"hello", "a longer line"} {
		must(t, aio.WriteAll(user, []byte(word+"\n")))
		want(t, string(must(t, answers.ReadLine(100))), nil, strings.ToUpper(word), nil)
	}
	_ = user.CloseWrite()
	n, err := shout()
	want(t, n, err, 2, nil)
	_, err = run[[]byte](answers.ReadLine(100))
	want(t, 0, err, 0, io.EOF)
}

func TestBlockingReader(t *testing.T) {
	r, w := io.Pipe()
	b := aio.NewBlockingReader(r, nil)
	c := new(counting)
	buf := make([]byte, 3)
	if b.PollRead(c.context(), buf).IsReady() {
		t.Fatal("ready with nothing")
	}
	if n, err := io.WriteString(w, "hello"); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	for _, part := range []string{"hel", "lo"} { // the read that was given up is the next one's
		n := must(t, aio.Read(b, buf))
		want(t, string(buf[:n]), nil, part, nil)
	}
	_ = w.CloseWithError(errBroken)
	_, err := run[int](aio.Read(b, buf))
	want(t, 0, err, 0, errBroken)
	want(t, must(t, aio.Read(b, nil)), nil, 0, nil)

	all, err := run[[]byte](aio.ReadAll(aio.NewBlockingReader(iotest.DataErrReader(strings.NewReader("hello")), nil), 100))
	want(t, string(all), err, "hello", nil)
}

// A read that is under way when the BlockingReader is dropped harms nobody.
func TestBlockingReaderDropped(t *testing.T) {
	r, w := io.Pipe()
	b := aio.NewBlockingReader(r, nil)
	b.PollRead(new(counting).context(), make([]byte, 3))
	future.Drop(b)
	_, err := run[int](aio.Read(b, make([]byte, 3)))
	want(t, 0, err, 0, io.ErrClosedPipe)
	_ = w.Close()
}

// What is given up does not keep its task alive while the call is under way, and loses nothing.
func TestBlockingForgets(t *testing.T) {
	for _, forgets := range []bool{false, true} {
		r, w := io.Pipe()
		in, out := aio.NewBlockingReader(r, nil), aio.NewBlockingWriter(w, nil)
		b := make([]byte, 5)
		read := aio.Read(in, b)
		if kept := testkit.KeepsWaker(t, &read, forgets); kept == forgets {
			t.Errorf("the waker of a read is kept: %v; given up: %v", kept, forgets)
		}
		if _, err := w.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		want(t, must(t, aio.Read(in, b)), nil, 5, nil)
		want(t, must(t, aio.Write(out, b)), nil, 5, nil)
		flush := aio.Flush(out)
		if kept := testkit.KeepsWaker(t, &flush, forgets); kept == forgets {
			t.Errorf("the waker of a flush is kept: %v; given up: %v", kept, forgets)
		}
		_ = r.Close()
		_, err := run(aio.Flush(out))
		want(t, 0, err, 0, io.ErrClosedPipe)
	}
}

// What a BlockingWriter has taken is written, though it is dropped while that waits for its turn.
func TestBlockingWriterDropped(t *testing.T) {
	pool := &future.BlockingPool{Limit: 1}
	begun, release := make(chan future.Unit), make(chan future.Unit)
	busy := future.BlockingOn(pool, func() (int, error) {
		close(begun)
		<-release
		return 0, nil
	})
	busy.Poll(new(counting).context())
	<-begun
	var text strings.Builder
	b := aio.NewBlockingWriter(&text, pool)
	want(t, must(t, aio.Write(b, []byte("hello"))), nil, 5, nil)
	future.Drop(b)
	for range 2 {
		_, err := run[int](aio.Write(b, []byte("more")))
		want(t, 0, err, 0, io.ErrClosedPipe)
	}
	again := future.BlockingOn(pool, func() (int, error) { return 0, nil }) // stands behind it
	again.Poll(new(counting).context())
	close(release)
	if _, err := future.BlockOn(again); err != nil {
		t.Fatal(err)
	}
	want(t, text.String(), nil, "hello", nil)
}

func TestBlockingWriter(t *testing.T) {
	r, w := io.Pipe()
	pool := new(future.BlockingPool)
	defer pool.Close()
	b := aio.NewBlockingWriter(w, pool)
	sent := strings.Repeat("0123456789", 2000)
	read := make(chan string, 1)
	go func() {
		all, _ := io.ReadAll(r)
		read <- string(all)
	}()
	must(t, aio.WriteAll(b, []byte(sent)))
	must(t, aio.Flush(b))
	_ = w.Close()
	if got := <-read; got != sent {
		t.Errorf("%d of %d bytes arrived, or others", len(got), len(sent))
	}
	// The error of what is under way comes with the flush, and then with everything.
	must(t, aio.WriteAll(b, []byte("more")))
	for range 2 {
		_, err := run(aio.Flush(b))
		want(t, 0, err, 0, io.ErrClosedPipe)
	}
	_, err := run[int](aio.Write(b, []byte("more")))
	want(t, 0, err, 0, io.ErrClosedPipe)
	future.Drop(b)

	n, err := run[int64](aio.Copy(aio.NewBlockingWriter(&short{room: 3}, nil), reads("hello"), nil))
	want(t, n, err, 5, errBroken) // the copy took five bytes, and flushed
}
