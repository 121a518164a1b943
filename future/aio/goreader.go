package aio

import (
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// FromReader returns a Reader of an io.Reader that never blocks, such as a bytes.Reader or a strings.Reader: it is read
// during the poll. One that may block belongs to [BlockingReader].
func FromReader(r io.Reader) Reader {
	notNil(r != nil, "FromReader", "io.Reader")
	return &goReader{r: r}
}

type goReader struct {
	r   io.Reader
	err error // that came beside bytes
}

// emptyReads is how often an io.Reader may return nothing and no error in a row; as in package bufio.
const emptyReads = 100

func (g *goReader) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	if len(p) == 0 {
		return future.Ready(0)
	}
	if err := g.err; err != nil {
		g.err = nil
		return future.Failed[int](err)
	}
	n, err := readSome(g.r, p)
	if n > 0 {
		g.err = err
		return future.Ready(n)
	}
	return future.Failed[int](err)
}

// readSome reads until there is a byte or an error.
func readSome(r io.Reader, p []byte) (int, error) {
	for range emptyReads {
		if n, err := r.Read(p); n != 0 || err != nil {
			checkCount(n, len(p), r, "read")
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// FromWriter returns a Writer to an io.Writer that never blocks, such as a bytes.Buffer or a strings.Builder: it is written
// to during the poll. One that may block belongs to [BlockingWriter].
func FromWriter(w io.Writer) Writer {
	notNil(w != nil, "FromWriter", "io.Writer")
	return &goWriter{w: w}
}

type goWriter struct {
	w   io.Writer
	err error // that came beside bytes
}

func (g *goWriter) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	if err := g.err; err != nil {
		g.err = nil
		return future.Failed[int](err)
	}
	n, err := g.w.Write(p)
	if n > 0 && err != nil {
		g.err, err = err, nil
	}
	return future.Done(n, err)
}

// CoReader is a Reader as an io.Reader for one async function: its Read looks as if it blocked, and awaits. So what takes an
// io.Reader works in an async function, and the thread goes on with other tasks meanwhile. netio.Stream is that for a
// whole connection. In steady state it allocates nothing.
type CoReader struct {
	co *future.Co
	r  Reader
}

// NewCoReader returns r as an io.Reader for the async function of co. Read panics elsewhere, in another goroutine or after the
// function's end.
func NewCoReader(co *future.Co, r Reader) *CoReader {
	notNil(co != nil, "NewCoReader", "Co")
	notNil(r != nil, "NewCoReader", "Reader")
	return &CoReader{co, r}
}

// Read implements io.Reader.
func (c *CoReader) Read(p []byte) (int, error) {
	mustBe(c != nil && c.r != nil, "CoReader", "NewCoReader")
	return Read(c.r, p).Await(c.co)
}

// CoWriter is a Writer as an io.Writer for one async function. See [CoReader].
type CoWriter struct {
	co *future.Co
	w  Writer
}

// NewCoWriter returns w as an io.Writer for the async function of co. Write panics elsewhere.
func NewCoWriter(co *future.Co, w Writer) *CoWriter {
	notNil(co != nil, "NewCoWriter", "Co")
	notNil(w != nil, "NewCoWriter", "Writer")
	return &CoWriter{co, w}
}

// Write implements io.Writer: it writes all of p.
func (c *CoWriter) Write(p []byte) (int, error) {
	mustBe(c != nil && c.w != nil, "CoWriter", "NewCoWriter")
	return WriteAll(c.w, p).Await(c.co)
}

// Flush flushes the Writer, as a bufio.Writer's does.
func (c *CoWriter) Flush() error {
	mustBe(c != nil && c.w != nil, "CoWriter", "NewCoWriter")
	_, err := Flush(c.w).Await(c.co)
	return err
}

// Close flushes the Writer and tells its peer that nothing more comes. See the function [CloseWrite].
func (c *CoWriter) Close() error {
	mustBe(c != nil && c.w != nil, "CoWriter", "NewCoWriter")
	_, err := CloseWrite(c.w).Await(c.co)
	return err
}
