package topology

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

// The two system calls, replaced by tests to play a kernel that refuses.
var (
	getAffinity = unix.SchedGetaffinityDynamic
	setAffinity = unix.SchedSetaffinityDynamic
)

// rawMask returns the calling thread's mask as the kernel keeps it, and the number
// of CPUs there is room for.
func rawMask() (mask unix.CPUSetDynamic, size int, err error) {
	// The kernel answers EINVAL to a buffer smaller than its own masks, whose size
	// it tells nowhere.
	for size = 1024; size <= maxCPUs; size *= 2 {
		mask = unix.NewCPUSet(size)
		if err = getAffinity(0, mask); !errors.Is(err, unix.EINVAL) {
			break
		}
	}
	return mask, size, err
}

// pinned is the threads that Pin has bound, by their numbers, for those who ask what the
// process may use on one of them. An entry counts only while the thread has the mask that
// Pin gave it: somebody else's mask is respected, and a thread that has ended bound may
// leave its number to another.
var pinned struct {
	sync.Mutex
	threads map[int]binding
}

type binding struct{ one, before unix.CPUSetDynamic }

// bound returns how the calling thread is bound, given its mask; false if Pin has not done it.
func bound(mask unix.CPUSetDynamic) (binding, bool) {
	pinned.Lock()
	defer pinned.Unlock()
	b, ok := pinned.threads[unix.Gettid()]
	return b, ok && slices.Equal(b.one, mask)
}

// note makes b the binding of a thread; nil for none.
func note(thread int, b *binding) {
	pinned.Lock()
	defer pinned.Unlock()
	if b == nil {
		delete(pinned.threads, thread)
		return
	}
	if pinned.threads == nil {
		pinned.threads = make(map[int]binding)
	}
	pinned.threads[thread] = *b
}

// threadMask returns the calling thread's mask, as it was before Pin.
func threadMask() (CPUSet, error) {
	raw, size, err := rawMask()
	if err != nil {
		return CPUSet{}, fmt.Errorf("topology: reading the affinity mask: %w", err)
	}
	if b, ok := bound(raw); ok {
		raw = b.before
	}
	var s CPUSet
	for c := range size {
		if raw.IsSet(c) {
			s.add(c)
		}
	}
	return s, nil
}

func pin(cpu int) (restore func() error, err error) {
	before, size, err := rawMask()
	if err != nil {
		return nil, fmt.Errorf("topology: reading the affinity mask: %w", err)
	}
	if cpu < 0 || cpu >= size {
		return nil, fmt.Errorf("topology: pinning a thread to CPU %d: no such CPU: %w", cpu, unix.EINVAL)
	}
	one := unix.NewCPUSet(size)
	one.Set(cpu)
	if err := setAffinity(0, one); err != nil {
		return nil, fmt.Errorf("topology: pinning a thread to CPU %d: %w", cpu, err)
	}
	thread := unix.Gettid()
	own := binding{one, before}
	var outer *binding // it was bound before
	if b, ok := bound(before); ok {
		outer = &b
		own.before = b.before
	}
	note(thread, &own)
	return func() error {
		if now := unix.Gettid(); now != thread {
			return fmt.Errorf("topology: restore of thread %d called on thread %d: call it before runtime.UnlockOSThread", thread, now)
		}
		if mask, _, err := rawMask(); err == nil && !slices.Equal(mask, one) {
			return nil // somebody has given it another one since
		}
		if err := setAffinity(0, before); err != nil {
			return fmt.Errorf("topology: restoring the affinity mask: %w", err)
		}
		note(thread, outer)
		return nil
	}, nil
}

func unpinned(f func()) {
	if mask, _, err := rawMask(); err == nil {
		if b, ok := bound(mask); ok && setAffinity(0, b.before) == nil {
			defer func() {
				// Refused is no harm: the thread is found not to be bound any more.
				_ = setAffinity(0, b.one)
			}()
		}
	}
	f()
}
