package web

import (
	"io"
	"os"

	"github.com/magpie-go/magpie/waker"
)

// ReadFrom implements io.ReaderFrom: a part of a file is sent by the system if its length is known.
func (w *standardWriter) ReadFrom(src io.Reader) (int64, error) {
	if limited, ok := src.(*io.LimitedReader); ok && limited.N >= notCopied {
		if f, ok := limited.R.(*os.File); ok {
			if n, sent, err := w.sendFile(f, limited); sent {
				return n, err
			}
		}
	}
	return io.Copy(onlyWriter{w}, src)
}

// sendFile has the system send a part of a file; sent is false if that is not to be.
func (w *standardWriter) sendFile(f *os.File, limited *io.LimitedReader) (n int64, sent bool, err error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if err := w.mayWrite(0); err != nil || w.s.x.c.Secure() != nil {
		return 0, false, nil
	}
	x := w.s.x
	r := &x.resp
	at, err := f.Seek(0, io.SeekCurrent)
	if info, statErr := f.Stat(); err != nil || statErr != nil || !info.Mode().IsRegular() || info.Size()-at < limited.N ||
		!r.hasLength || r.length-r.written-int64(len(r.body)) < limited.N || x.req.msg.IsHead() {
		return 0, false, nil
	}
	w.begin(nil)
	w.flush()
	if w.err != nil {
		return 0, true, w.err
	}
	op := x.c.Net().SendFile(f, at, limited.N)
	w.block(func(cx *waker.Context) (pending bool, err error) {
		p := op.Poll(cx)
		if p.IsPending() {
			return true, nil
		}
		return false, p.Err()
	})
	n = op.Sent()
	r.written += n
	limited.N -= n
	err = w.err
	if _, seekErr := f.Seek(at+n, io.SeekStart); err == nil { // as who reads it would have left it: the next piece begins there
		err = seekErr
	}
	return n, true, err
}

// onlyWriter hides ReadFrom.
type onlyWriter struct{ io.Writer }
