package soak

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// interruptThreads sends a signal that the Go runtime ignores to one thread of the process
// after the other: it interrupts waits in the poller, as no injected error can.
func interruptThreads() (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(500 * time.Microsecond)
		defer tick.Stop()
		for {
			listing.Lock()
			threads, _ := os.ReadDir("/proc/self/task")
			listing.Unlock()
			for _, d := range threads {
				id, _ := strconv.Atoi(d.Name())
				if interrupting.Load() {
					_ = unix.Tgkill(os.Getpid(), id, unix.SIGURG)
				}
				select {
				case <-tick.C:
				case <-quit:
					return
				}
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
