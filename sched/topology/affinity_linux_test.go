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
	kernel := setAffinity
	replace(t, &setAffinity, func(thread int, mask unix.CPUSetDynamic) error {
		if verdict != nil {
			return verdict
		}
		return kernel(thread, mask)
	})
	restore, err := Pin(before.first())
	if err != nil {
		t.Skipf("this sandbox does not let a thread set its affinity mask: %v", err)
	}
	if before.Count() > 1 { // else there is nothing to restore
		verdict = unix.EPERM
		if err := restore(); !errors.Is(err, unix.EPERM) {
			t.Errorf("the kernel refuses, restore says %v", err)
		}
	}
	verdict = nil
	if err := restore(); err != nil {
		t.Error(err)
	}
}

// One of two CPUs or more, bound by Pin: the process's mask is what Discover sees, and what runs
// under Unpinned has, in as many bindings as there are.
func TestBoundThreads(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := seen(t)
	first, last := before.first(), -1
	for c := range before.All() {
		last = c
	}
	discovers := func(when string) {
		t.Helper()
		top, err := Discover()
		if err != nil {
			t.Fatal(err)
		}
		if !top.Allowed().Equal(before) {
			t.Errorf("%s: allowed are %s, want %s", when, top.Allowed(), before)
		}
	}
	var restores []func() error
	for _, cpu := range []int{first, last} {
		restore, err := Pin(cpu)
		if err != nil {
			t.Skipf("this sandbox does not let a thread set its affinity mask: %v", err)
		}
		restores = append(restores, restore)
		discovers("bound")
		Unpinned(func() {
			if got := seen(t); !got.Equal(before) {
				t.Errorf("unpinned the mask is %s, want %s", got, before)
			}
			discovers("unpinned")
		})
		if got := seen(t); !got.Equal(CPUSetOf(cpu)) {
			t.Errorf("after Unpinned the mask is %s, want %d", got, cpu)
		}
		func() {
			defer func() { _ = recover() }()
			Unpinned(func() { panic("boom") })
		}()
		if got := seen(t); !got.Equal(CPUSetOf(cpu)) {
			t.Errorf("after a panic in Unpinned the mask is %s, want %d", got, cpu)
		}
	}
	for i, want := range []CPUSet{CPUSetOf(first), before} {
		if err := restores[1-i](); err != nil {
			t.Fatal(err)
		}
		if got := seen(t); !got.Equal(want) {
			t.Errorf("restored to %s, want %s", got, want)
		}
		discovers("restored")
	}
	Unpinned(func() { discovers("not bound") })
}

// A mask that somebody else has given a bound thread since is its mask.
func TestMaskChangedWhileBound(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, size, err := rawMask()
	all := seen(t)
	if err != nil || all.Count() < 2 {
		t.Skip("this needs two CPUs")
	}
	defer setAffinity(0, before)
	first, last := all.first(), -1
	for c := range all.All() {
		last = c
	}
	restore, err := Pin(first)
	if err != nil {
		t.Skipf("this sandbox does not let a thread set its affinity mask: %v", err)
	}
	other := unix.NewCPUSet(size)
	other.Set(last)
	if err := setAffinity(0, other); err != nil {
		t.Fatal(err)
	}
	if top, err := Discover(); err != nil || !top.Allowed().Equal(CPUSetOf(last)) {
		t.Errorf("allowed are %s, %v, want %d", top.Allowed(), err, last)
	}
	if err := restore(); err != nil {
		t.Error(err)
	}
	if got := seen(t); !got.Equal(CPUSetOf(last)) {
		t.Errorf("restore has made of it %s", got)
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
	before, size, err := rawMask()
	if err != nil {
		t.Fatal(err)
	}
	one := unix.NewCPUSet(size)
	one.Set(last)
	if err := setAffinity(0, one); err != nil {
		t.Skipf("this sandbox does not let a thread set its affinity mask: %v", err)
	}
	defer setAffinity(0, before)
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
