//go:build unix

package signals_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/signals"
	"github.com/magpie-go/magpie/sched"
)

// Several runtimes wait for the same signal, each in a task of its own: all are told, and one that ends takes it from nobody.
func TestRuntimesAreToldOfASignal(t *testing.T) {
	const n = 4
	for round := range 5 {
		var runtimes []*sched.Runtime
		var streams []*signals.Stream
		var waits []sched.JoinHandle[os.Signal]
		for range n {
			rt, err := sched.New(sched.Config{Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			s := signals.Notify(syscall.SIGUSR1)
			runtimes, streams = append(runtimes, rt), append(streams, s)
			waits = append(waits, sched.Spawn(rt, future.Box(future.Next(s))))
		}
		send(t, syscall.SIGUSR1)
		for i, h := range waits {
			if sig := end(t, h); sig != syscall.SIGUSR1 {
				t.Errorf("round %d: runtime %d got %v", round, i, sig)
			}
		}
		if err := runtimes[0].Close(); err != nil {
			t.Error(err)
		}
		streams[0].Drop()
		for i := 1; i < n; i++ {
			waits[i] = sched.Spawn(runtimes[i], future.Box(future.Next(streams[i])))
		}
		send(t, syscall.SIGUSR1)
		for i := 1; i < n; i++ {
			if sig := end(t, waits[i]); sig != syscall.SIGUSR1 {
				t.Errorf("round %d: runtime %d got %v after another one has ended", round, i, sig)
			}
			if err := runtimes[i].Close(); err != nil {
				t.Error(err)
			}
			streams[i].Drop()
		}
	}
}
