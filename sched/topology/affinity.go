package topology

import (
	"errors"
	"fmt"
	"runtime"
)

// ErrUnsupported is what Pin returns on systems where threads cannot be bound to a
// CPU, or not by this package: all but Linux. It wraps errors.ErrUnsupported.
var ErrUnsupported = fmt.Errorf("topology: pinning a thread to a CPU on %s: %w", runtime.GOOS, errors.ErrUnsupported)

// Pin binds the calling thread to one CPU and returns the way back.
//
// The caller has called runtime.LockOSThread before, otherwise some other goroutine
// inherits the bound thread. It calls restore on the same thread, before
// UnlockOSThread: restore gives the thread the mask it had before Pin, and on any
// other thread fails without touching it. The order matters for a second reason: a
// locked thread starts no new threads, so the one-CPU mask never reaches one. It does reach
// the processes that the thread starts: see [Unpinned]. A thread that was given another mask
// since keeps that at restore.
//
// If the kernel refuses, the thread keeps its mask, restore is nil and err wraps the
// kernel's reason: EINVAL if the CPU does not exist, is offline or is outside the
// process's cpuset, EPERM if a sandbox forbids the call. Pinning is there to be
// faster; a worker that cannot be pinned works all the same.
//
// On systems other than Linux the error is ErrUnsupported.
func Pin(cpu int) (restore func() error, err error) { return pin(cpu) }

// Unpinned calls f with the mask that the calling thread had before Pin: what f starts, a
// process above all, inherits it, and not the one CPU of a worker. On a thread that Pin has
// not bound, or where the kernel refuses, it only calls f. It costs six system calls.
//
//	topology.Unpinned(func() { err = cmd.Start() })
func Unpinned(f func()) { unpinned(f) }
