package sched_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// works runs something of everything on a runtime and shuts it down.
func works(t *testing.T, rt *sched.Runtime) {
	t.Helper()
	server := startEcho(t, rt)
	var hs []sched.JoinHandle[future.Unit]
	for i := range 20 {
		hs = append(hs, sched.Spawn(rt, talker(server.addr(), uint64(i+1), 20)))
	}
	for range 200 {
		wait(t, sched.SpawnValue[string](rt, countdown{20}))
	}
	for _, h := range hs {
		wait(t, h)
	}
	server.stop(t)
	shutdown(t, rt)
}

// limit returns what Metrics says with a word in it; the test fails if nothing.
func limit(t *testing.T, rt *sched.Runtime, word string) string {
	t.Helper()
	limits := rt.Metrics().Limits
	for _, l := range limits {
		if strings.Contains(l, word) {
			return l
		}
	}
	t.Errorf("Metrics().Limits says nothing of %q: %q", word, limits)
	return ""
}

// A mask of one core, as of taskset: all workers share it.
func TestUnderAOneCoreMask(t *testing.T) {
	if !child(t) {
		return
	}
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		t.Skip("the mask cannot be read: ", err)
	}
	core := 0
	for !all.IsSet(core) {
		core++
	}
	one.Set(core)
	for range 2 { // once more for threads that were made meanwhile
		for _, thread := range threads(t) {
			if err := unix.SchedSetaffinity(thread, &one); err != nil && err != unix.ESRCH {
				t.Skip("the mask cannot be set: ", err)
			}
		}
	}
	rt := newRuntime(t, sched.Config{Workers: 4})
	for _, w := range rt.Metrics().Workers {
		if w.CPU != core {
			t.Errorf("a worker is pinned to core %d, the mask has %d", w.CPU, core)
		}
	}
	limit(t, rt, "4 workers share the 1 core")
	works(t, rt)
	byDefault := newRuntime(t, sched.Config{})
	if n := byDefault.Workers(); n != 1 {
		t.Errorf("%d workers by default under a mask of one core", n)
	}
	shutdown(t, byDefault)
}

// threads returns the ids of the threads of the process.
func threads(t testing.TB) (ids []int) {
	t.Helper()
	dirs, err := filepath.Glob("/proc/self/task/*")
	if err != nil || len(dirs) == 0 {
		t.Skip("no /proc: ", err)
	}
	for _, d := range dirs {
		id, err := strconv.Atoi(filepath.Base(d))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// A core that does not exist, or is not for this process.
func TestCoreThatIsNotAllowed(t *testing.T) {
	const nowhere = 1000
	rt := newRuntime(t, sched.Config{Workers: 2, CPUs: []int{nowhere, nowhere}})
	limit(t, rt, "worker 0 is not pinned to core 1000")
	limit(t, rt, "worker 1 is not pinned to core 1000")
	for _, w := range rt.Metrics().Workers {
		if w.CPU != -1 {
			t.Errorf("a worker says it is pinned to core %d", w.CPU)
		}
	}
	works(t, rt)
}

// A seccomp filter that forbids sched_setaffinity, as sandboxes have.
func TestAffinityForbidden(t *testing.T) {
	if !child(t) {
		return
	}
	forbid(t, unix.SYS_SCHED_SETAFFINITY)
	rt := newRuntime(t, sched.Config{Workers: 2})
	for _, word := range []string{"worker 0 is not pinned", "worker 1 is not pinned"} {
		if l := limit(t, rt, word); !strings.Contains(l, unix.EPERM.Error()) {
			t.Errorf("%q does not say why", l)
		}
	}
	works(t, rt)
}

// forbid makes a system call fail with EPERM in all threads of the process.
func forbid(t *testing.T, call uint32) {
	t.Helper()
	const (
		load  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		give  = unix.BPF_RET | unix.BPF_K
	)
	filter := []unix.SockFilter{
		{Code: load, K: 0}, // the number of the call
		{Code: equal, K: call, Jf: 1},
		{Code: give, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: give, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// Both calls are of one thread; the filter then goes to all of them.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		t.Skip("no seccomp here: ", err)
	}
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	if e != 0 {
		t.Skip("no seccomp here: ", e)
	}
}

// GOMAXPROCS set by the user stays, and workers that it leaves no P take turns.
func TestGOMAXPROCSIsTheUsers(t *testing.T) {
	if !child(t, "GOMAXPROCS=1") {
		return
	}
	rt := newRuntime(t, sched.Config{Workers: 3})
	if l := limit(t, rt, "GOMAXPROCS"); !strings.Contains(l, "1") || !strings.Contains(l, "4") {
		t.Errorf("%q does not say how many there are and would be needed", l)
	}
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("GOMAXPROCS was raised to %d", n)
	}
	works(t, rt)
}

func TestMoreWorkersThanCores(t *testing.T) {
	var mask unix.CPUSet
	if err := unix.SchedGetaffinity(0, &mask); err != nil {
		t.Skip("the mask cannot be read: ", err)
	}
	n := 4 * mask.Count()
	rt := newRuntime(t, sched.Config{Workers: n})
	limit(t, rt, strconv.Itoa(n)+" workers share")
	workersOn := map[int]int{}
	for _, w := range rt.Metrics().Workers {
		workersOn[w.CPU]++
	}
	for cpu, k := range workersOn {
		if k != 4 {
			t.Errorf("%d workers on core %d, want 4 on each", k, cpu)
		}
	}
	works(t, rt)
}

// masks returns the affinity masks of all threads, each once.
func masks(t *testing.T) (all []string) {
	t.Helper()
	for _, id := range threads(t) {
		status, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(id) + "/status")
		if err != nil {
			continue // it has ended meanwhile
		}
		for line := range strings.Lines(string(status)) {
			if mask, ok := strings.CutPrefix(line, "Cpus_allowed_list:"); ok {
				all = append(all, strings.TrimSpace(mask))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A worker that outlived a runtime.Goexit of a poll gives its thread back like any other:
// the process's first thread would not even end with its goroutine.
func TestThreadsAreGivenBackAfterGoexit(t *testing.T) {
	for range 20 {
		rt := newRuntime(t, sched.Config{Workers: 4})
		var hs []sched.JoinHandle[future.Unit]
		for range 16 {
			hs = append(hs, sched.Spawn(rt, do(func(*waker.Context) bool { runtime.Goexit(); return true })))
		}
		for _, h := range hs {
			_, _ = h.Wait(soon(t)) // ErrGoexit, which TestGoexitEndsItsTaskAlone is about
		}
		shutdown(t, rt)
	}
	if after := masks(t); len(after) != 1 {
		t.Errorf("threads have the masks %q", after)
	}
}

// Many runtimes, one after the other and beside each other, each with work in it when it
// is shut down: descriptors, goroutines (TestMain looks after those), GOMAXPROCS and the
// masks of the threads are as before.
func TestShutdownLeavesNothing(t *testing.T) {
	cycle := func() {
		a := newRuntime(t, sched.Config{Workers: 2})
		b := newRuntime(t, sched.Config{Workers: 3})
		server := startEcho(t, a)
		h := sched.Spawn(b, talker(server.addr(), 1, 3))
		parked := sched.Spawn[future.Unit](b, new(gate))
		wait(t, h)
		parked.Abort()
		shutdown(t, b)
		server.stop(t)
		shutdown(t, a)
	}
	cycle() // whatever is made once is there after this
	before, procs, mask := testkit.Descriptors(t), runtime.GOMAXPROCS(0), masks(t)
	if len(mask) != 1 {
		t.Fatalf("threads have the masks %q", mask)
	}
	cycles := 40
	if testing.Short() {
		cycles = 5
	}
	for range cycles {
		cycle()
	}
	testkit.DescriptorsBack(t, before)
	if after := runtime.GOMAXPROCS(0); after != procs {
		t.Errorf("GOMAXPROCS is %d after, %d before", after, procs)
	}
	if after := masks(t); !slices.Equal(after, mask) {
		t.Errorf("threads have the masks %q after, %q before", after, mask)
	}
}
