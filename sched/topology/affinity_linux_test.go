package topology

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// seen reads the calling thread's mask past the package's own reader.
func seen(t *testing.T) CPUSet {
	t.Helper()
	mask := unix.NewCPUSet(maxCPUs)
	if err := unix.SchedGetaffinityDynamic(0, mask); err != nil {
		t.Skipf("this sandbox does not let a thread read its affinity mask: %v", err)
	}
	var s CPUSet
	for c := range maxCPUs {
		if mask.IsSet(c) {
			s.add(c)
		}
	}
	return s
}

func TestPinAndRestore(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := seen(t)
	for cpu := range before.All() {
		restore, err := Pin(cpu)
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS) {
			t.Skipf("this sandbox does not let a thread set its affinity mask: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := seen(t); !got.Equal(CPUSetOf(cpu)) {
			t.Errorf("pinned to CPU %d, the kernel says %s", cpu, got)
		}
		for range 2 {
			if err := restore(); err != nil {
				t.Fatal(err)
			}
			if got := seen(t); !got.Equal(before) {
				t.Fatalf("restored to %s, want %s", got, before)
			}
		}
	}
}

func TestPinRefusesImpossibleCPU(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := seen(t)
	for _, cpu := range []int{-1, maxCPUs - 1, maxCPUs, 1 << 30} {
		restore, err := Pin(cpu)
		if !errors.Is(err, unix.EINVAL) || restore != nil {
			t.Errorf("Pin(%d): %v, want EINVAL", cpu, err)
		}
	}
	if got := seen(t); !got.Equal(before) {
		t.Errorf("refused pins changed the mask from %s to %s", before, got)
	}
}

func TestRestoreOnAnotherThread(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	restore, err := Pin(seen(t).first())
	if err != nil {
		t.Skipf("this sandbox does not let a thread set its affinity mask: %v", err)
	}
	var other error
	done := make(chan struct{})
	go func() {
		defer close(done)
		other = restore()
	}()
	<-done
	if other == nil {
		t.Error("restore on another thread succeeds")
	}
	if got := seen(t); got.Count() != 1 {
		t.Errorf("restore on another thread set this thread's mask to %s", got)
	}
	if err := restore(); err != nil {
		t.Error(err)
	}
}

type affinityCall = func(int, unix.CPUSetDynamic) error

func replace(t *testing.T, call *affinityCall, with affinityCall) {
	before := *call
	*call = with
	t.Cleanup(func() { *call = before })
}

func TestPinDenied(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, reason := range []error{unix.EPERM, unix.EINVAL, unix.ENOSYS} {
		replace(t, &setAffinity, func(int, unix.CPUSetDynamic) error { return reason })
		if restore, err := Pin(0); !errors.Is(err, reason) || restore != nil {
			t.Errorf("kernel says %v, Pin says %v", reason, err)
		}
	}
	replace(t, &getAffinity, func(int, unix.CPUSetDynamic) error { return unix.EPERM })
	if _, err := Pin(0); !errors.Is(err, unix.EPERM) {
		t.Errorf("mask not readable: Pin says %v", err)
	}
}

func TestRestoreDenied(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := seen(t)
	var verdict error
	replace(t, &setAffinity, func(int, unix.CPUSetDynamic) error { return verdict })
	restore, err := Pin(before.first())
	if err != nil {
		t.Fatal(err)
	}
	verdict = unix.EPERM
	if err := restore(); !errors.Is(err, unix.EPERM) {
		t.Errorf("the kernel refuses, restore says %v", err)
	}
}

// A kernel with masks of 4096 bits refuses every smaller buffer.
func TestMaskOfALargeKernel(t *testing.T) {
	kernel := []int{0, 1500, 4095}
	replace(t, &getAffinity, func(_ int, mask unix.CPUSetDynamic) error {
		mask.Set(4095)
		if !mask.IsSet(4095) {
			return unix.EINVAL
		}
		for _, c := range kernel {
			mask.Set(c)
		}
		return nil
	})
	got, err := threadMask()
	if err != nil || !slices.Equal(slices.Collect(got.All()), kernel) {
		t.Errorf("mask is %s, %v", got, err)
	}
}

func TestDiscoverWithoutAMask(t *testing.T) {
	replace(t, &getAffinity, func(int, unix.CPUSetDynamic) error { return unix.EPERM })
	top, err := Discover()
	if err != nil || len(top.CPUs()) == 0 {
		t.Fatalf("no topology when the mask cannot be read: %v", err)
	}
}

// With a mask of one CPU there is one worker, and more of them share that CPU.
func TestDiscoverUnderAOneCPUMask(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	last := -1
	for c := range seen(t).All() {
		last = c
	}
	restore, err := Pin(last)
	if err != nil {
		t.Skipf("this sandbox does not let a thread set its affinity mask: %v", err)
	}
	defer func() {
		if err := restore(); err != nil {
			t.Error(err)
		}
	}()
	top, err := Discover()
	if err != nil {
		t.Fatal(err)
	}
	if !top.Allowed().Equal(CPUSetOf(last)) || top.DefaultWorkers() != 1 {
		t.Errorf("allowed are %s, %d workers", top.Allowed(), top.DefaultWorkers())
	}
	if plan := top.Plan(3); !slices.Equal(plan, []int{last, last, last}) {
		t.Errorf("plan is %v", plan)
	}
}
