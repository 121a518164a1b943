package fileio_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
)

func soon() time.Time { return time.Now().Add(200 * time.Millisecond) }

// pollOnce polls f under a waker that does nothing.
func pollOnce[T any](f future.Future[T]) future.Poll[T] {
	cx := waker.FromWaker(waker.Noop())
	return f.Poll(&cx)
}

// reads and writes are polls of a file as futures.
type reads struct {
	f *fileio.File
	p []byte
}

func (r reads) Poll(cx *waker.Context) future.Poll[int] { return r.f.PollRead(cx, r.p) }

type writes struct {
	f *fileio.File
	p []byte
}

func (w writes) Poll(cx *waker.Context) future.Poll[int] { return w.f.PollWrite(cx, w.p) }

type flushes struct{ f *fileio.File }

func (w flushes) Poll(cx *waker.Context) future.Poll[future.Unit] { return w.f.PollFlush(cx) }

// pollAll writes all of p by polls.
func pollAll(t *testing.T, f *fileio.File, p []byte) {
	t.Helper()
	for len(p) > 0 {
		p = p[must[int](t, writes{f, p}):]
	}
}

func TestPollsOfAFile(t *testing.T) {
	name := temp(t)
	f := must(t, fileio.Create(name))
	text := strings.Repeat("0123456789", 50_000)
	pollAll(t, f, []byte(text))
	must[future.Unit](t, flushes{f})
	contains(t, name, text)
	must(t, f.SeekTo(0, io.SeekStart))
	var got bytes.Buffer
	buf := make([]byte, 300_000)
	for {
		n, err := future.BlockOn[int](reads{f, buf})
		got.Write(buf[:n])
		if err == io.EOF {
			break
		}
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
	}
	if got.String() != text {
		t.Errorf("read %d bytes of %d, or other ones", got.Len(), len(text))
	}
	// Who has been told of the end sees what comes after it.
	must(t, f.WriteAll([]byte("more")))
	must(t, f.SeekTo(-4, io.SeekCurrent))
	if n := must[int](t, reads{f, buf}); string(buf[:n]) != "more" {
		t.Errorf("read %q", buf[:n])
	}
	if n := must[int](t, reads{f, nil}); n != 0 {
		t.Errorf("read %d into nothing", n)
	}
	must(t, f.Close())
}

// A read that was given up loses nothing: what it has read is for the next poll, and to every other
// operation it looks as if it had not been read.
func TestAPollThatWasGivenUp(t *testing.T) {
	name := temp(t)
	for what, next := range map[string]func(f *fileio.File){
		"polled again": func(f *fileio.File) {
			buf := make([]byte, 3)
			if n := must[int](t, reads{f, buf}); string(buf[:n]) != "012" {
				t.Errorf("read %q", buf[:n])
			}
			if n := must(t, f.Read(buf)); string(buf[:n]) != "345" {
				t.Errorf("then %q", buf[:n])
			}
		},
		"read": func(f *fileio.File) {
			buf := make([]byte, 3)
			if n := must(t, f.Read(buf)); string(buf[:n]) != "012" {
				t.Errorf("read %q", buf[:n])
			}
		},
		"sought": func(f *fileio.File) {
			if at := must(t, f.SeekTo(1, io.SeekCurrent)); at != 1 {
				t.Errorf("sought to %d", at)
			}
			buf := make([]byte, 3)
			if n := must[int](t, reads{f, buf}); string(buf[:n]) != "123" {
				t.Errorf("read %q", buf[:n])
			}
		},
		"written": func(f *fileio.File) {
			must(t, f.WriteAll([]byte("ab")))
			contains(t, name, "ab23456789")
		},
		"polled for writing": func(f *fileio.File) {
			pollAll(t, f, []byte("ab"))
			pollAll(t, f, []byte("cd"))
			must(t, f.Sync())
			contains(t, name, "abcd456789")
		},
		"released": func(f *fileio.File) {
			std := must(t, f.Release())
			if at, err := std.Seek(0, io.SeekCurrent); at != 0 || err != nil {
				t.Errorf("released at %d, %v", at, err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			fill(t, name, "0123456789")
			f := must(t, fileio.OpenFile(name, os.O_RDWR, 0))
			<-polled[int](t, reads{f, make([]byte, 10)})
			next(f)
			must(t, f.Close())
		})
	}
}

// A poll that was given up at the end of the file leaves nothing of that for one elsewhere.
func TestAPollThatWasGivenUpAtTheEnd(t *testing.T) {
	name := temp(t)
	fill(t, name, "text")
	f := must(t, fileio.Open(name))
	must(t, f.SeekTo(0, io.SeekEnd))
	<-polled[int](t, reads{f, make([]byte, 8)})
	must(t, f.SeekTo(0, io.SeekStart))
	buf := make([]byte, 8)
	if n, err := future.BlockOn[int](reads{f, buf}); string(buf[:n]) != "text" || err != nil {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	must(t, f.Close())
}

// What was taken is in the file when any other operation has looked.
func TestWhatWasTakenIsWritten(t *testing.T) {
	for what, next := range map[string]func(f *fileio.File){
		"closed":  func(f *fileio.File) { must(t, f.Close()) },
		"synced":  func(f *fileio.File) { must(t, f.Sync()) },
		"flushed": func(f *fileio.File) { must[future.Unit](t, flushes{f}) },
		"asked for its size": func(f *fileio.File) {
			if info := must(t, f.Stat()); info.Size() != 4 {
				t.Errorf("of %d bytes", info.Size())
			}
		},
		"read from": func(f *fileio.File) {
			buf := make([]byte, 8)
			if n, err := future.BlockOn(f.ReadAt(buf, 0)); string(buf[:n]) != "text" {
				t.Errorf("read %q, %v", buf[:n], err)
			}
		},
		"released": func(f *fileio.File) { must(t, f.Release()) },
	} {
		name := temp(t)
		f := must(t, fileio.Create(name))
		must[int](t, writes{f, []byte("text")})
		next(f)
		contains(t, name, "text")
		if _, err := future.BlockOn(f.Close()); err != nil && what != "closed" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Writes of both kinds keep their order, and reads of a pipe too.
func TestPollsOfAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	in, out := fileio.New(r), fileio.New(w)
	message := bytes.Repeat([]byte("0123456789"), 30_000) // more than a pipe holds
	done := make(chan error, 1)
	go func() {
		var err error
		for rest := message; len(rest) > 0 && err == nil; {
			var n int
			if n, err = future.BlockOn[int](writes{out, rest[:min(len(rest), 10_000)]}); err == nil {
				rest = rest[n:]
			}
			if n = min(len(rest), 1000); n > 0 && err == nil {
				n, err = future.BlockOn(out.WriteAll(rest[:n]))
				rest = rest[n:]
			}
		}
		_, closed := future.BlockOn(out.Close())
		done <- errors.Join(err, closed)
	}()
	var got []byte
	for buf := make([]byte, 999); ; {
		n, err := future.BlockOn[int](reads{in, buf})
		got = append(got, buf[:n]...)
		if err == nil {
			polled[int](t, reads{in, buf}) // given up
			n, err = future.BlockOn(in.Read(buf[:500]))
			got = append(got, buf[:n]...)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil || !bytes.Equal(got, message) {
		t.Errorf("%d bytes of %d came, or other ones: %v", len(got), len(message), err)
	}
	must(t, in.Close())
}

// A write that failed after it was taken is told of by the next operation that could.
func TestErrorOfWhatWasTaken(t *testing.T) {
	name := temp(t)
	fill(t, name, "text")
	for what, next := range map[string]func(f *fileio.File) error{
		"write": func(f *fileio.File) error { _, err := future.BlockOn[int](writes{f, []byte("x")}); return err },
		"flush": func(f *fileio.File) error { _, err := future.BlockOn[future.Unit](flushes{f}); return err },
		"all":   func(f *fileio.File) error { _, err := future.BlockOn(f.WriteAll([]byte("x"))); return err },
		"sync":  func(f *fileio.File) error { _, err := future.BlockOn(f.Sync()); return err },
		"close": func(f *fileio.File) error { _, err := future.BlockOn(f.Close()); return err },
	} {
		f := must(t, fileio.Open(name)) // not for writing
		must[int](t, writes{f, []byte("x")})
		var pe *fs.PathError
		if err := next(f); !errors.As(err, &pe) || pe.Op != "write" || pe.Path != name {
			t.Errorf("%s: %v; want the error of the write", what, err)
		}
		future.BlockOn(f.Close())
	}
	var none *fileio.File
	mustFail[int](t, reads{none, make([]byte, 1)}, fs.ErrInvalid, "")
	mustFail[int](t, writes{none, make([]byte, 1)}, fs.ErrInvalid, "")
	mustFail[future.Unit](t, flushes{none}, fs.ErrInvalid, "")
	nothing := waker.NewBudget(0) // which makes no difference
	cx := waker.NewContext(waker.Noop(), nil, &nothing)
	for how, err := range map[string]error{
		"PollRead": none.PollRead(&cx, nil).Err(), "PollWrite": new(fileio.File).PollWrite(&cx, nil).Err(), "PollFlush": none.PollFlush(&cx).Err(),
	} {
		if !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s without a budget: %v", how, err)
		}
	}
}

// A file whose bytes are always at hand does not keep its thread.
func TestPollsOfAFileSpend(t *testing.T) {
	name := temp(t)
	fill(t, name, "0123456789")
	f := must(t, fileio.Open(name))
	<-polled[int](t, reads{f, make([]byte, 10)})
	budget := waker.NewBudget(3)
	woken := false
	cx := waker.NewContext(waker.FromFunc(func() { woken = true }), nil, &budget)
	got := 0
	for f.PollRead(&cx, make([]byte, 1)).IsReady() {
		got++
		if got > 10 {
			t.Fatal("it never waits")
		}
	}
	if got != 3 || !woken {
		t.Errorf("%d reads of a budget of 3, woken %v", got, woken)
	}
	must(t, f.Close())
}

func TestReadOfAnEmptyFile(t *testing.T) {
	f := must(t, fileio.Create(temp(t)))
	for range 2 {
		if n, err := future.BlockOn[int](reads{f, make([]byte, 8)}); n != 0 || err != io.EOF {
			t.Errorf("polled: %d, %v; want a bare io.EOF", n, err)
		}
		if n, err := future.BlockOn(f.Read(make([]byte, 8))); n != 0 || err != io.EOF {
			t.Errorf("read: %d, %v; want a bare io.EOF", n, err)
		}
	}
	must(t, f.Close())
}
