package topology

import (
	"errors"
	"fmt"

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

func threadMask() (CPUSet, error) {
	raw, size, err := rawMask()
	if err != nil {
		return CPUSet{}, fmt.Errorf("topology: reading the affinity mask: %w", err)
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
	return func() error {
		if now := unix.Gettid(); now != thread {
			return fmt.Errorf("topology: restore of thread %d called on thread %d: call it before runtime.UnlockOSThread", thread, now)
		}
		if err := setAffinity(0, before); err != nil {
			return fmt.Errorf("topology: restoring the affinity mask: %w", err)
		}
		return nil
	}, nil
}
