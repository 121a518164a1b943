package topology_test

import (
	"testing"
)

const (
	mountV2     = "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw"
	mountV1     = "33 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:10 - cgroup cgroup rw,cpu,cpuacct"
	mountCPUSet = "34 31 0:30 / /sys/fs/cgroup/cpuset rw shared:11 - cgroup cgroup rw,cpuset"

	v2 = "sys/fs/cgroup"
	v1 = "sys/fs/cgroup/cpu,cpuacct"
)

func TestQuota(t *testing.T) {
	for name, c := range map[string]struct {
		groups, mounts string
		files          map[string]string
		cores          float64 // 0: no limit
		workers        int     // of 8 CPUs
	}{
		"no cgroups": {workers: 8},
		"v2 without limit": {
			groups: "0::/app", mounts: mountV2,
			files:   map[string]string{v2 + "/app/cpu.max": "max 100000"},
			workers: 8,
		},
		"v2 limit of the own group": {
			groups: "0::/app", mounts: mountV2,
			files: map[string]string{v2 + "/app/cpu.max": "250000 100000"},
			cores: 2.5, workers: 3,
		},
		"v2 ancestor has the smallest": {
			groups: "0::/a/b/c", mounts: mountV2,
			files: map[string]string{
				v2 + "/a/cpu.max":     "150000 50000",
				v2 + "/a/b/cpu.max":   "100000 100000",
				v2 + "/a/b/c/cpu.max": "400000 100000",
				v2 + "/other/cpu.max": "1000 100000",
			},
			cores: 1, workers: 1,
		},
		"v2 less than one CPU": {
			groups: "0::/", mounts: mountV2,
			files: map[string]string{v2 + "/cpu.max": "10000 100000"},
			cores: 0.1, workers: 1,
		},
		"v2 more than the CPUs": {
			groups: "0::/", mounts: mountV2,
			files: map[string]string{v2 + "/cpu.max": "3200000 100000"},
			cores: 32, workers: 8,
		},
		"v2 container that sees the host's group names": {
			groups: "0::/docker/abc/sub",
			mounts: "31 23 0:28 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw",
			files: map[string]string{
				v2 + "/cpu.max":     "300000 100000",
				v2 + "/sub/cpu.max": "max 100000",
			},
			cores: 3, workers: 3,
		},
		"v2 mount of a neighbour whose name begins alike": {
			groups: "0::/docker/abcdef",
			mounts: "31 23 0:28 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw",
			files:  map[string]string{v2 + "/cpu.max": "100000 100000", v2 + "/def/cpu.max": "100000 100000"},

			workers: 8,
		},
		"v2 group outside the namespace": {
			groups: "0::/../sibling", mounts: mountV2,
			files:   map[string]string{v2 + "/cpu.max": "100000 100000", v2 + "/sibling/cpu.max": "100000 100000"},
			workers: 8,
		},
		"v2 mount point with a space": {
			groups:  "0::/a b:c",
			mounts:  `31 23 0:28 / /mnt/c\040g rw - cgroup2 none rw`,
			files:   map[string]string{"mnt/c g/a b:c/cpu.max": "200000 100000"},
			cores:   2,
			workers: 2,
		},
		"v2 nonsense": {
			groups: "0::/a/b/c/d\nrubbish\n", mounts: "rubbish\n - \n" + mountV2,
			files: map[string]string{
				v2 + "/cpu.max":         "0 100000",
				v2 + "/a/cpu.max":       "100000 0",
				v2 + "/a/b/cpu.max":     "lots 100000",
				v2 + "/a/b/c/cpu.max":   "",
				v2 + "/a/b/c/d/cpu.max": "100000 often",
			},
			workers: 8,
		},
		"v1 without limit": {
			groups: "4:cpu,cpuacct:/app", mounts: mountV1,
			files:   map[string]string{v1 + "/app/cpu.cfs_quota_us": "-1", v1 + "/app/cpu.cfs_period_us": "100000"},
			workers: 8,
		},
		"v1 limit": {
			groups: "7:cpuset:/elsewhere\n4:cpu,cpuacct:/app\n", mounts: mountCPUSet + "\n" + mountV1,
			files: map[string]string{v1 + "/app/cpu.cfs_quota_us": "150000", v1 + "/app/cpu.cfs_period_us": "100000"},
			cores: 1.5, workers: 2,
		},
		"v1 limit above the own group": {
			groups: "4:cpu,cpuacct:/pod/app", mounts: mountV1,
			files: map[string]string{
				v1 + "/pod/cpu.cfs_quota_us": "400000", v1 + "/pod/cpu.cfs_period_us": "100000",
				v1 + "/pod/app/cpu.cfs_quota_us": "-1", v1 + "/pod/app/cpu.cfs_period_us": "100000",
			},
			cores: 4, workers: 4,
		},
		"v1 quota without its period": {
			groups: "4:cpu,cpuacct:/app", mounts: mountV1,
			files:   map[string]string{v1 + "/app/cpu.cfs_quota_us": "150000"},
			workers: 8,
		},
		"both versions, the controller in v1": {
			groups: "4:cpu,cpuacct:/app\n0::/app.slice\n", mounts: mountV1 + "\n" +
				"41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
			files: map[string]string{
				v1 + "/app/cpu.cfs_quota_us": "600000", v1 + "/app/cpu.cfs_period_us": "100000",
				"sys/fs/cgroup/unified/app.slice/cgroup.procs": "1",
			},
			cores: 6, workers: 6,
		},
	} {
		t.Run(name, func(t *testing.T) {
			top := detect(t, tree(c.files, map[string]string{
				"proc/self/cgroup":    c.groups,
				"proc/self/mountinfo": c.mounts,
			}), 0, 1, 2, 3, 4, 5, 6, 7)
			cores, limited := top.Quota()
			if cores != c.cores || limited != (c.cores > 0) {
				t.Errorf("quota is %v, limited %v, want %v", cores, limited, c.cores)
			}
			if got := top.DefaultWorkers(); got != c.workers {
				t.Errorf("%d workers, want %d", got, c.workers)
			}
		})
	}
}

func TestQuotaIsPrinted(t *testing.T) {
	top := detect(t, tree(map[string]string{
		"proc/self/cgroup": "0::/", "proc/self/mountinfo": mountV2, v2 + "/cpu.max": "250000 100000",
	}), 0)
	if got, want := top.String(), "CPUs 0: nothing known of what they share; quota 2.5 CPUs"; got != want {
		t.Errorf("prints as %q, want %q", got, want)
	}
}
