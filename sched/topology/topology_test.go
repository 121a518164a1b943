package topology_test

import (
	"errors"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/magpie-go/magpie/sched/topology"
)

func TestTwoSockets(t *testing.T) {
	top := detect(t, twoSockets())
	c, ok := top.CPU(6)
	if !ok {
		t.Fatal("CPU 6 is missing")
	}
	if c.ID != 6 || c.CoreID != 0 || c.Package != 1 || c.Node != 1 {
		t.Errorf("CPU 6 is %+v", c)
	}
	if c.SMT.String() != "2,6" || c.L2.String() != "2,6" || c.L3.String() != "2-3,6-7" {
		t.Errorf("CPU 6 shares SMT %s, L2 %s, L3 %s", c.SMT, c.L2, c.L3)
	}
	if top.Flat() || top.Cores() != 4 || len(top.CPUs()) != 8 {
		t.Errorf("flat %v, %d cores, %d CPUs", top.Flat(), top.Cores(), len(top.CPUs()))
	}
	want := topology.Hardware{CacheLine: 64, L1D: 48 << 10, L2: 1280 << 10, L3: 36 << 20}
	if top.Hardware() != want {
		t.Errorf("hardware is %+v, want %+v", top.Hardware(), want)
	}
	if s := top.String(); s != "CPUs 0-7: 4 cores, 2 L3 groups, 2 nodes, 2 packages" {
		t.Errorf("prints as %q", s)
	}
}

func TestMaskHidesTheRest(t *testing.T) {
	top := detect(t, twoSockets(), 0, 2, 6)
	if top.Cores() != 2 || top.Allowed().String() != "0,2,6" {
		t.Errorf("%d cores on CPUs %s", top.Cores(), top.Allowed())
	}
	if c, _ := top.CPU(0); c.SMT.String() != "0" || c.L3.String() != "0" {
		t.Errorf("CPU 0 shares SMT %s, L3 %s with CPUs that are not allowed", c.SMT, c.L3)
	}
	if _, ok := top.CPU(1); ok {
		t.Error("CPU 1 is not allowed and still there")
	}
}

func TestOfflineCPUs(t *testing.T) {
	root := twoSockets()
	root[cpuDir+"online"] = &fstest.MapFile{Data: []byte("0-1,3-7\n")}
	if top := detect(t, root); top.Allowed().String() != "0-1,3-7" {
		t.Errorf("with CPU 2 offline, CPUs %s are used", top.Allowed())
	}
	if top := detect(t, root, 2, 3); top.Allowed().String() != "3" {
		t.Errorf("with CPU 2 offline, of the allowed CPUs 2-3 CPUs %s are used", top.Allowed())
	}
	_, err := topology.Detect(topology.Config{Root: root, Allowed: topology.CPUSetOf(2)})
	if !errors.Is(err, topology.ErrNoCPU) {
		t.Errorf("only an offline CPU allowed: error %v", err)
	}
}

func TestOldNameOfSiblings(t *testing.T) {
	root := tree(map[string]string{
		cpuDir + "cpu0/topology/thread_siblings_list": "0-1",
		cpuDir + "cpu1/topology/thread_siblings_list": "0-1",
	})
	top := detect(t, root, 0, 1)
	if top.Cores() != 1 || top.Distance(0, 1) != topology.SMT {
		t.Errorf("%d cores, distance %v", top.Cores(), top.Distance(0, 1))
	}
}

func TestNothingKnown(t *testing.T) {
	top := detect(t, fstest.MapFS{}, 0, 1, 70)
	if !top.Flat() || top.Cores() != 3 || top.DefaultWorkers() != 3 {
		t.Errorf("flat %v, %d cores, %d workers", top.Flat(), top.Cores(), top.DefaultWorkers())
	}
	if c, _ := top.CPU(70); c.CoreID != -1 || c.SMT.String() != "70" || c.L3.String() != "70" {
		t.Errorf("CPU 70 is %+v", c)
	}
	if d := top.Distance(0, 70); d != topology.Node {
		t.Errorf("distance %v, want all CPUs on one node", d)
	}
	if s := top.String(); s != "CPUs 0-1,70: nothing known of what they share" {
		t.Errorf("prints as %q", s)
	}
	if got := len(detect(t, fstest.MapFS{}).CPUs()); got != runtime.NumCPU() {
		t.Errorf("no mask and no table: %d CPUs, want runtime.NumCPU, %d", got, runtime.NumCPU())
	}
}

func TestSocketsWithoutNUMATables(t *testing.T) {
	root := twoSockets()
	delete(root, nodeDir+"node0/cpulist")
	delete(root, nodeDir+"node1/cpulist")
	top := detect(t, root)
	if d := top.Distance(0, 2); d != topology.Remote {
		t.Errorf("two sockets are %v to each other", d)
	}
}

func TestUnreadableTables(t *testing.T) {
	root := tree(
		map[string]string{cpuDir + "online": "none of your business", nodeDir + "node0/cpulist": "0-x"},
		cpu(0, -1, -1, "?", "1", "5-2"), cpu(1, -1, -1, "", "0-1", "0-1"),
	)
	root[cpuDir+"cpu0/cache/index2/size"] = &fstest.MapFile{Data: []byte("plenty\n")}
	top := detect(t, root, 0, 1)
	c, _ := top.CPU(0)
	if c.Package != 0 || c.Node != 0 || c.SMT.String() != "0" || c.L2.String() != "0" || c.L3.String() != "0" {
		t.Errorf("CPU 0 is %+v", c)
	}
	if top.Hardware().L2 != 0 {
		t.Errorf("L2 size is %d", top.Hardware().L2)
	}
}

func TestDiscoverThisMachine(t *testing.T) {
	top, err := topology.Discover()
	if err != nil {
		t.Fatal(err)
	}
	n := len(top.CPUs())
	if n == 0 || n != top.Allowed().Count() {
		t.Errorf("%d CPUs, allowed %s", n, top.Allowed())
	}
	if w := top.DefaultWorkers(); w < 1 || w > n {
		t.Errorf("%d workers for %d CPUs", w, n)
	}
	if c := top.Cores(); c < 1 || c > n {
		t.Errorf("%d cores for %d CPUs", c, n)
	}
	t.Log(top, top.Hardware())
}
