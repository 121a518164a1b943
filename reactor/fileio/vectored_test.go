package fileio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
)

// parts cuts data into buffers of 0, 1, 2, ... size bytes, again and again.
func parts(data []byte, size int) (bufs [][]byte) {
	for i := 0; len(data) > 0; i++ {
		n := min(i%(size+1), len(data))
		bufs = append(bufs, data[:n:n])
		data = data[n:]
	}
	return append(bufs, nil)
}

// Buffers of all sizes, more of them than the system takes at a time, are written whole and read back, at the file's
// offset and at another one.
func TestBuffers(t *testing.T) {
	data := make([]byte, 3000)
	for i := range data {
		data[i] = byte(i % 251)
	}
	for _, size := range []int{1, 3, 1000, len(data)} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			name := temp(t)
			f := must(t, fileio.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600))
			out := parts(bytes.Clone(data), size)
			if n := must(t, f.WriteBuffers(out)); n != len(data) {
				t.Errorf("wrote %d of %d", n, len(data))
			}
			if n := must(t, f.WriteBuffersAt(out, 7)); n != len(data) {
				t.Errorf("wrote %d of %d at another offset", n, len(data))
			}
			if off := must(t, f.SeekTo(0, io.SeekCurrent)); off != int64(len(data)) {
				t.Errorf("the offset is %d after %d bytes", off, len(data))
			}
			must(t, f.SeekTo(7, io.SeekStart))
			got := make([]byte, len(data))
			for done := 0; done < len(got); {
				n := must(t, f.ReadBuffers(parts(got[done:], size)))
				if n == 0 {
					t.Fatalf("read nothing after %d bytes", done)
				}
				done += n
			}
			if !bytes.Equal(got, data) {
				t.Error("read something else than was written")
			}
			if n, err := future.BlockOn(f.ReadBuffers(parts(got, size))); n != 0 || err != io.EOF {
				t.Errorf("at the end: %d, %v; want a bare io.EOF", n, err)
			}
			clear(got)
			if n := must(t, f.ReadBuffersAt(parts(got, size), 7)); n != len(data) || !bytes.Equal(got, data) {
				t.Errorf("read %d of %d at another offset, equal: %t", n, len(data), bytes.Equal(got, data))
			}
			n, err := future.BlockOn(f.ReadBuffersAt(parts(got, size), int64(len(data))))
			if n != 7 || err != io.EOF || !bytes.Equal(got[:n], data[len(data)-7:]) {
				t.Errorf("across the end: %d, %v; want the last 7 and io.EOF", n, err)
			}
			if !bytes.Equal(bytes.Join(out, nil), data) {
				t.Error("the buffers that were written have changed")
			}
			must(t, f.Close())
		})
	}
}

// Two buffers are written, and there when the file is closed.
func TestBuffersThenClose(t *testing.T) {
	name := temp(t)
	f := must(t, fileio.Create(name))
	if n := must(t, f.WriteBuffers([][]byte{[]byte("hello "), []byte("world")})); n != 11 {
		t.Errorf("wrote %d of 11", n)
	}
	must(t, f.Close())
	if got, _ := os.ReadFile(name); string(got) != "hello world" {
		t.Errorf("the file is %q", got)
	}
}

// Nothing to move is no error, and what cannot be done is one of the file's.
func TestBuffersFail(t *testing.T) {
	name := temp(t)
	f := must(t, fileio.Create(name))
	some := [][]byte{{1}, {2, 3}}
	for what, op := range map[string]future.BlockingOp[int]{
		"read": f.ReadBuffers(nil), "read at": f.ReadBuffersAt([][]byte{{}}, 9),
		"write": f.WriteBuffers([][]byte{nil, {}}), "write at": f.WriteBuffersAt(nil, 9),
	} {
		if n := must(t, op); n != 0 {
			t.Errorf("%s of nothing: %d", what, n)
		}
	}
	for what, op := range map[string]future.BlockingOp[int]{"read": f.ReadBuffersAt(some, -1), "write": f.WriteBuffersAt(some, -1)} {
		var pe *fs.PathError
		if _, err := future.BlockOn(op); !errors.As(err, &pe) || pe.Path != name {
			t.Errorf("%s before the beginning: %v", what, err)
		}
	}
	must(t, f.Close())
	all := func(f *fileio.File) []future.BlockingOp[int] {
		return []future.BlockingOp[int]{f.ReadBuffers(some), f.ReadBuffersAt(some, 0), f.WriteBuffers(some), f.WriteBuffersAt(some, 0)}
	}
	for _, op := range all(f) {
		mustFail(t, op, fs.ErrClosed, name)
	}
	for _, op := range all(nil) {
		mustFail(t, op, fs.ErrInvalid, "")
	}
	readOnly := must(t, fileio.Open(name))
	for _, op := range all(readOnly)[2:] {
		var pe *fs.PathError
		if n, err := future.BlockOn(op); n != 0 || !errors.As(err, &pe) || pe.Path != name {
			t.Errorf("a write to what is open for reading: %d, %v", n, err)
		}
	}
	must(t, readOnly.Close())
	appending := must(t, fileio.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0))
	if _, err := future.BlockOn(appending.WriteBuffersAt(some, 0)); err == nil {
		t.Error("WriteBuffersAt while appending goes to the end, and says nothing")
	}
	must(t, appending.Close())
}

// What PollWrite has taken comes before, and what PollRead has read and not handed out is read again.
func TestBuffersBesidePolls(t *testing.T) {
	name := temp(t)
	f := must(t, fileio.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600))
	must(t, future.Func(func(cx *waker.Context) future.Poll[int] { return f.PollWrite(cx, []byte("one")) }))
	must(t, f.WriteBuffers([][]byte{[]byte(" two"), []byte(" three")}))
	must(t, f.SeekTo(0, io.SeekStart))
	cx := waker.FromWaker(waker.Noop())
	f.PollRead(&cx, make([]byte, 8)) // given up
	a, b := make([]byte, 4), make([]byte, 64)
	n := must(t, f.ReadBuffers([][]byte{a, b}))
	if got := string(a) + string(b[:max(n-4, 0)]); n > 4 && got != "one two three" || string(a) != "one " {
		t.Errorf("read %q", got)
	}
	must(t, f.Close())
}
