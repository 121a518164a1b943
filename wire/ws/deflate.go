package ws

import (
	"bytes"
	"compress/flate"
	"io"
	"math"
	"slices"
	"sync"
)

// tail is what ends a message that a compressor has flushed; it is not sent (RFC 7692, section 7.2.1). In front of the decompressor it
// is put back, with an empty last block behind it.
const (
	tail      = "\x00\x00\xff\xff"
	lastBlock = "\x01" + tail
)

var compressors = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is good
	}
	return w
}}

// AppendDeflated appends data, compressed as one message that begins with an empty window. Compressors are pooled: a
// connection holds none.
func AppendDeflated(b, data []byte) []byte {
	out := &appender{b}
	w := compressors.Get().(*flate.Writer)
	w.Reset(out)
	// An appender never fails.
	_, _ = w.Write(data)
	_ = w.Flush()
	compressors.Put(w)
	return bytes.TrimSuffix(out.b, []byte(tail))
}

type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

// Inflater decompresses the messages of one side. The zero value keeps the window between them.
type Inflater struct {
	NoContext bool // each message begins with an empty window: none is kept
	window    []byte
}

const windowSize = 32 << 10

// decompressor is one with what it reads from: a message, and behind that an end.
type decompressor struct {
	f       io.ReadCloser
	message []byte
	end     string
}

var decompressors = sync.Pool{New: func() any {
	d := new(decompressor)
	d.f = flate.NewReader(d)
	return d
}}

// Read implements io.Reader.
func (d *decompressor) Read(p []byte) (n int, err error) {
	if n = copy(p, d.message); n > 0 {
		d.message = d.message[n:]
		return n, nil
	}
	n = copy(p, d.end)
	if d.end = d.end[n:]; n == 0 && len(p) > 0 {
		err = io.EOF
	}
	return n, err
}

// ReadByte implements io.ByteReader, so that nothing is read beyond a last block.
func (d *decompressor) ReadByte() (c byte, err error) {
	if len(d.message) > 0 {
		c, d.message = d.message[0], d.message[1:]
		return c, nil
	}
	if d.end == "" {
		return 0, io.EOF
	}
	c, d.end = d.end[0], d.end[1:]
	return c, nil
}

// isOver reports whether nothing is left behind a last block, but for what stands in for the end that was not sent.
func (d *decompressor) isOver() bool {
	return len(d.message) == 0 && (d.end == "" || d.end == tail+lastBlock)
}

// Append appends what a whole message comes to, at most limit bytes; more is ErrTooBig, what is no compressed message ErrDeflate. Text
// is checked by the caller.
//
// A message may have blocks that say that they are the last one (RFC 7692, section 7.2.3.4): what follows goes on with the same window. As that
// is copied each time there may be 16, and one more in a KiB.
func (i *Inflater) Append(b, message []byte, limit int64) ([]byte, error) {
	d := decompressors.Get().(*decompressor)
	d.message, d.end = message, tail+lastBlock
	defer func() {
		d.message = nil
		decompressors.Put(d)
	}()
	window, left := i.window, min(limit, math.MaxInt64-1)
	out := &appender{b}
	for ends := 16 + len(message)>>10; ; ends-- {
		if ends == 0 || d.f.(flate.Resetter).Reset(d, window) != nil {
			return b, ErrDeflate
		}
		n, err := io.Copy(out, io.LimitReader(d.f, left+1))
		switch {
		case err != nil:
			return b, ErrDeflate
		case n > left:
			return b, ErrTooBig
		}
		if left -= n; d.isOver() {
			break
		}
		window = lastOf(slices.Clone(i.window), out.b[len(b):])
	}
	if !i.NoContext {
		i.window = lastOf(i.window, out.b[len(b):])
	}
	return out.b, nil
}

// lastOf returns the last 32 KiB of a window and what came behind it, in the memory of the window if that will do.
func lastOf(window, p []byte) []byte {
	if len(p) >= windowSize {
		return append(window[:0], p[len(p)-windowSize:]...)
	}
	if over := len(window) + len(p) - windowSize; over > 0 {
		window = window[:copy(window, window[over:])]
	}
	return append(window, p...)
}
