package measure

import (
	"runtime"
	"time"
)

// Wakes is how many wake-ups RemoteWake makes.
const Wakes = 20_000

// WakeGap is the pause between them.
const WakeGap = 50 * time.Microsecond

// RemoteWake calls wake from a thread of its own, each time after a gap in which it spins
// (its core stays awake) or sleeps in the kernel (the core may idle), and after seen has
// told that the wake-up before was noticed. It emits the CPU time of a wake-up, the gap
// included.
func RemoteWake(r *Run, spin bool, gap time.Duration, wake func(), seen func() int64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pause := func() {
		t := time.Now()
		if !spin {
			sleepInKernel(gap)
		}
		for time.Since(t) < gap {
		}
	}
	time.Sleep(50 * time.Millisecond)
	m := r.Meter(Wakes)
	m.Start()
	for i := int64(1); i <= Wakes; i++ {
		wake()
		for pause(); seen() < i; {
			pause()
		}
	}
	m.Stop()
	r.Emit("cpu", float64(m.cpu)/float64(m.n), "ns/op")
}
