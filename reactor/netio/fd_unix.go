//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"golang.org/x/sys/unix"
)

// adoptFD makes c of a file that can wait, which is closed.
func adoptFD(c *Conn, f *os.File) error {
	return takeOver(c, f, fdKind, "watch", func(fd int) error {
		var st unix.Stat_t // package os takes an eventfd, which has no type, for a regular file
		if err := unix.Fstat(fd, &st); err != nil {
			return err
		}
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFREG, unix.S_IFDIR:
			return fmt.Errorf("a regular file or a folder never waits; package fileio reads and writes files: %w", fs.ErrInvalid)
		}
		return nil
	})
}

// judged makes a call of a user's on a descriptor that was entered, and says what it came to; theirs is its error, which is passed on as
// it is. One that panics or ends its goroutine leaves the descriptor, which who calls this has entered, itself.
func (c *Conn) judged(fd int, call func(fd int) error, theirs *error) (v verdict, err error) {
	returned := false
	defer func() {
		if !returned {
			c.src.Leave()
		}
	}()
	err = call(fd)
	returned = true
	switch {
	case err == nil:
		return over, nil
	case err == ErrWouldBlock, errors.Is(err, syscall.EAGAIN):
		return blocked, nil
	case errors.Is(err, syscall.EINTR):
		return again, nil
	}
	*theirs = err
	return over, err
}

// pollCall is an attempt by a call of a user's.
func (c *Conn) pollCall(cx *waker.Context, d reactor.Direction, t *turn, call func(fd int) error) future.Poll[future.Unit] {
	var theirs error
	err := c.attempt(cx, d, t, func(fd int) (verdict, error) { return c.judged(fd, call, &theirs) })
	if theirs != nil {
		return future.Failed[future.Unit](theirs)
	}
	return outcome(&c.endpoint, opName(d), future.Unit{}, err)
}

// tryCall makes one now.
func (c *Conn) tryCall(d reactor.Direction, call func(fd int) error) error {
	var theirs error
	err := c.endpoint.try(d, func(fd int) (verdict, error) { return c.judged(fd, call, &theirs) })
	if theirs != nil {
		return theirs
	}
	return c.tried(d, err)
}

func (c *Conn) releaseFile() (*os.File, error) { return c.release() }
