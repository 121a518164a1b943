//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package sys

import "syscall"

// MostBuffers is how many buffers one call takes.
const MostBuffers = 1

// SendBuffers is [Send] of the bytes of several buffers in their order: here of the first one that is not empty.
func SendBuffers(fd int, bufs [][]byte) (int, syscall.Errno) { return Send(fd, first(bufs)) }

// WriteBuffers is [Write] of the bytes of several buffers in their order: here of the first one that is not empty.
func WriteBuffers(fd int, bufs [][]byte) (int, syscall.Errno) { return Write(fd, first(bufs)) }

// ReadBuffers is [Read] into several buffers, one after the other: here into the first one that is not empty.
func ReadBuffers(fd int, bufs [][]byte) (int, syscall.Errno) { return Read(fd, first(bufs)) }

func first(bufs [][]byte) []byte {
	for _, b := range bufs {
		if len(b) > 0 {
			return b
		}
	}
	return nil
}
