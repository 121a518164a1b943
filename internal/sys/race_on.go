//go:build race && unix

package sys

import (
	"runtime"
	"syscall"
	"unsafe"
)

// Under the race detector a byte that is received comes after whatever was done before it
// was sent, as in package net, and a buffer is read or written by the call that it is given
// to. The kernel's part of that is not seen by the detector, so it is told.
//
// One word orders all sends before all receives that come later. It has to be that of
// package syscall, for at the other end there may be a net.Conn; and the way to it is by
// calls of that package that do nothing else: a write to no descriptor releases, a read of
// no bytes acquires. Rejected: a word of our own, which orders nothing between a net.Conn
// and a Conn.

// release is called before a send.
func release() { _, _ = syscall.Write(-1, nil) }

// sent notes that the kernel has read p.
func sent(p []byte) {
	if len(p) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&p[0]), len(p))
	}
}

// received notes that the kernel has written p, from fd.
func received(fd int, p []byte) {
	if len(p) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&p[0]), len(p))
	}
	_, _ = syscall.Read(fd, nil)
}

// sentBuffers is sent for the first n bytes of several buffers.
func sentBuffers(bufs [][]byte, n int) {
	for _, b := range bufs {
		b = b[:min(len(b), n)]
		sent(b)
		n -= len(b)
	}
}

// receivedBuffers is received for the first n bytes of several buffers.
func receivedBuffers(fd int, bufs [][]byte, n int) {
	for _, b := range bufs {
		b = b[:min(len(b), n)]
		received(fd, b)
		n -= len(b)
	}
}
