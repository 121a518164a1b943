//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
)

// Pipe makes a pipe: what is written to one end is read from the other. Both are the caller's to close.
func Pipe() (*PipeReader, *PipeWriter, error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, nil, &net.OpError{Op: "pipe", Net: "pipe", Err: err}
	}
	r, w := new(PipeReader), new(PipeWriter)
	r.c.become(pipeConn{from})
	w.c.become(pipeConn{to})
	return r, w, nil
}

// adopt makes c of a file that can wait, and can be used for that.
func adopt(c *Conn, f *os.File, use string) error {
	if err := waits(f); err != nil {
		f.Close()
		return err
	}
	// Nothing of nothing: it only asks whether the file is open for that.
	var err error
	if use == "write" {
		_, err = f.Write(nil)
	}
	if err != nil {
		f.Close()
		return &fs.PathError{Op: use, Path: f.Name(), Err: err}
	}
	c.become(pipeConn{f})
	return nil
}

// pipeConn is a pipe as what a Conn of this build stands on.
type pipeConn struct{ *os.File }

func (p pipeConn) LocalAddr() net.Addr  { return pipeAddr(p.Name()) }
func (p pipeConn) RemoteAddr() net.Addr { return pipeAddr(p.Name()) }

func (p pipeConn) Read(b []byte) (int, error) {
	n, err := p.File.Read(b)
	return n, p.wrap("read", err)
}

func (p pipeConn) Write(b []byte) (int, error) {
	n, err := p.File.Write(b)
	return n, p.wrap("write", err)
}

// wrap makes the errors those that a Conn has.
func (p pipeConn) wrap(op string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return &net.OpError{Op: op, Net: "pipe", Addr: p.RemoteAddr(), Err: pe.Err}
	}
	return err
}

// pipeAddr is the name of a pipe.
type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return string(a) }

// openPipe opens c, with a mode of os.O_RDONLY or os.O_WRONLY.
func openPipe(c *Conn, name string, mode int) error {
	f, err := os.OpenFile(name, mode|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Mode()&fs.ModeNamedPipe == 0 {
		err = &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("it is no FIFO; package fileio opens files: %w", fs.ErrInvalid)}
	}
	if err != nil {
		f.Close()
		return err
	}
	c.become(pipeConn{f})
	return nil
}
