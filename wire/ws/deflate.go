package ws

import (
	"bytes"
	"compress/flate"
	"io"
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

var decompressors = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// Append appends what a whole message comes to, at most limit bytes; more is ErrTooBig, what is no compressed message ErrDeflate. Text
// is checked by the caller.
func (i *Inflater) Append(b, message []byte, limit int64) ([]byte, error) {
	f := decompressors.Get().(io.ReadCloser)
	defer decompressors.Put(f)
	in := io.MultiReader(bytes.NewReader(message), bytes.NewReader([]byte(tail+lastBlock)))
	if err := f.(flate.Resetter).Reset(in, i.window); err != nil {
		return b, ErrDeflate
	}
	out := &appender{b}
	n, err := io.Copy(out, io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return b, ErrDeflate
	case n > limit:
		return b, ErrTooBig
	}
	if !i.NoContext {
		i.keep(out.b[len(b):])
	}
	return out.b, nil
}

// keep keeps the last 32 KiB.
func (i *Inflater) keep(p []byte) {
	if len(p) >= windowSize {
		i.window = append(i.window[:0], p[len(p)-windowSize:]...)
		return
	}
	if over := len(i.window) + len(p) - windowSize; over > 0 {
		i.window = i.window[:copy(i.window, i.window[over:])]
	}
	i.window = append(i.window, p...)
}
