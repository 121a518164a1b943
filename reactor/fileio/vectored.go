package fileio

import (
	"io"
	"os"

	"github.com/magpie-go/magpie/future"
)

// ReadBuffers is [File.Read] into several buffers, one after the other, by one call of the system for up to 1,024 of
// them: a header and a body, say, that go to different places. It comes to the number of bytes, which may be fewer than
// there is room for, and is at least 1 unless there is none; io.EOF at the end. bufs is left as it is.
//
// Where the system has no such call (Windows, BSDs other than macOS) it reads into the first buffer that is not empty.
func (f *File) ReadBuffers(bufs [][]byte) future.BlockingOp[int] {
	return run(f, "read", func(*os.File) (int, error) { return f.readBuffers(bufs) })
}

// ReadBuffersAt is [File.ReadAt] into several buffers, one after the other: it fills all, or comes to fewer bytes with an
// error, which is io.EOF at the end of the file. bufs is left as it is.
func (f *File) ReadBuffersAt(bufs [][]byte, off int64) future.BlockingOp[int] {
	return run(f, "read", func(f *os.File) (int, error) {
		if _, err := f.ReadAt(nil, off); err != nil { // a wrong offset
			return 0, err
		}
		return each(bufs, func(b [][]byte, done int) (int, error) {
			n, err := readVectored(f, b, off+int64(done))
			if n == 0 && err == nil {
				err = io.EOF
			}
			return n, err
		})
	})
}

// WriteBuffers is [File.WriteAll] of the bytes of all of bufs in their order, by one call of the system for up to 1,024
// buffers and as many more as it takes to write them to their end. bufs is left as it is.
func (f *File) WriteBuffers(bufs [][]byte) future.BlockingOp[int] {
	return run(f, "write", func(file *os.File) (int, error) {
		if err := f.written(); err != nil {
			return 0, err
		}
		return each(bufs, func(b [][]byte, _ int) (int, error) { return someBytes(writeVectored(file, b, atOffset)) })
	})
}

// WriteBuffersAt is [File.WriteAt] of the bytes of all of bufs in their order: see [File.WriteBuffers]. It fails on a
// file opened with os.O_APPEND.
func (f *File) WriteBuffersAt(bufs [][]byte, off int64) future.BlockingOp[int] {
	return run(f, "write", func(f *os.File) (int, error) {
		if _, err := f.WriteAt(nil, off); err != nil { // a wrong offset, or one that would be ignored
			return 0, err
		}
		return each(bufs, func(b [][]byte, done int) (int, error) {
			return someBytes(writeVectored(f, b, off+int64(done)))
		})
	})
}

// atOffset stands for the offset of the file, which moves on.
const atOffset = -1

// readBuffers is one read, after what PollRead has left.
func (f *File) readBuffers(bufs [][]byte) (int, error) {
	b := appendBuffers(nil, bufs, 0)
	if len(b) == 0 {
		return 0, nil
	}
	if pl := f.polled.Load(); pl != nil && f.kind.Load() != regular {
		pl.in.mu.Lock()
		defer pl.in.mu.Unlock()
		if n, ok, err := pl.in.take(b[0]); ok {
			return n, err
		}
	}
	n, err := readVectored(f.f, b, atOffset)
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// each calls move with the buffers that are left and the number of bytes moved, until all are done or it fails.
func each(bufs [][]byte, move func(b [][]byte, done int) (int, error)) (done int, err error) {
	var b [][]byte
	n := 0
	for {
		for len(bufs) > 0 && n >= len(bufs[0]) {
			n -= len(bufs[0])
			bufs = bufs[1:]
		}
		if len(bufs) == 0 {
			return done, nil
		}
		b = appendBuffers(b[:0], bufs, n)
		moved, err := move(b, done)
		done += moved
		if err != nil {
			return done, err
		}
		n += moved
	}
}

// appendBuffers appends to b what bufs are without the first bytes, as far as the system takes it at a time, and no empty
// buffers. Those bytes are in the first buffer, if there are any.
func appendBuffers(b, bufs [][]byte, skip int) [][]byte {
	for _, p := range bufs {
		if len(p) == 0 {
			continue
		}
		if len(b) == mostBuffers {
			break
		}
		b = append(b, p[skip:])
		skip = 0
	}
	return b
}

// someBytes makes an error of a write that has written nothing and does not say why.
func someBytes(n int, err error) (int, error) {
	if n == 0 && err == nil {
		err = io.ErrShortWrite
	}
	return n, err
}
