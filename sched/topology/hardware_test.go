package topology

import (
	"testing"
	"testing/fstest"
)

// What sysfs tells wins; the processor's own answer fills the rest.
func TestProcessorFillsWhatSysfsLacks(t *testing.T) {
	root := fstest.MapFS{}
	for name, text := range map[string]string{
		"level": "2", "type": "Unified", "size": "512K", "shared_cpu_list": "0",
	} {
		root[cpuDir+"/cpu0/cache/index0/"+name] = &fstest.MapFile{Data: []byte(text + "\n")}
	}
	asked := Hardware{Vendor: "GenuineMagpie", CacheLine: 128, L1D: 1, L2: 2, L3: 3, PhysicalCores: 4, LogicalCPUs: 8, ThreadsPerCore: 2}
	top, err := detect(root, CPUSetOf(0), asked)
	if err != nil {
		t.Fatal(err)
	}
	want := asked
	want.L2 = 512 << 10
	if top.Hardware() != want {
		t.Errorf("hardware is %+v, want %+v", top.Hardware(), want)
	}
}
