//go:build !portable

package process

import (
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"golang.org/x/sys/unix"
)

// watched is a descriptor that becomes readable when a child ends. Without one, as on a kernel that has none, the child counts as
// ended from the beginning, so that a goroutine waits for it.
type watched struct{ src reactor.Source }

// watch opens the descriptor of a child that was not waited for, so that the number is still its own.
func (w *watched) watch(pid int) {
	if fd, err := unix.PidfdOpen(pid, 0); err == nil {
		w.src.Init(fd)
	}
}

// unwatch closes it.
func (w *watched) unwatch() {
	if w.src.HasFD() {
		_ = w.src.Close()
	}
}

// ended reports whether the child has ended, or leaves the waker of cx to be woken then.
func (w *watched) ended(cx *waker.Context) (bool, error) {
	if !w.src.HasFD() {
		return true, nil
	}
	for {
		mark, ready := w.src.Ready(reactor.Read)
		if ready {
			if !w.src.Enter() {
				return true, nil
			}
			fds := [1]unix.PollFd{{Fd: int32(w.src.FD()), Events: unix.POLLIN}}
			n, err := unix.Poll(fds[:], 0)
			w.src.Leave()
			if n > 0 || err != nil && err != unix.EINTR {
				return true, err
			}
			if err == nil {
				w.src.WouldBlock(reactor.Read, mark)
			}
			continue
		}
		if parked, err := w.src.Park(cx, reactor.Read); parked || err != nil {
			return false, err
		}
	}
}

// stopWaiting takes the waker back.
func (w *watched) stopWaiting() {
	if w.src.HasFD() {
		w.src.Forget(reactor.Read)
	}
}
