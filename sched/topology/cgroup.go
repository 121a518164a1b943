package topology

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// quota returns the CPU time granted by the cgroups of this process, in CPUs, and
// false if nothing limits it.
//
// A group is held to the limits of all groups above it, so the smallest one from
// the process's own group up to the top of the mount counts. Both versions of
// cgroups are asked: on a hybrid system only one of them has the cpu controller,
// and the other then has no limit files.
func quota(root fs.FS) (float64, bool) {
	v1, v2 := ownGroups(root)
	least, limited := 0.0, false
	for _, m := range cgroupMounts(root) {
		group, limit := v2, limitV2
		if m.v1 {
			group, limit = v1, limitV1
		}
		for _, dir := range m.dirs(group) {
			if cores, ok := limit(root, dir); ok && (!limited || cores < least) {
				least, limited = cores, true
			}
		}
	}
	return least, limited
}

// ownGroups returns the process's group in the hierarchy of the version 1 cpu
// controller and in version 2; "" where it has none.
func ownGroups(root fs.FS) (v1, v2 string) {
	b, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(b)) {
		// hierarchy:controllers:path
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		switch {
		case len(f) < 3:
		case f[0] == "0" && f[1] == "":
			v2 = f[2]
		case hasWord(f[1], "cpu"):
			v1 = f[2]
		}
	}
	return v1, v2
}

// cgroupMount is a place where a cgroup hierarchy can be seen, from the group top
// downwards.
type cgroupMount struct {
	v1    bool
	top   string
	point string
}

// cgroupMounts lists the mounts of version 2 and of the version 1 cpu controller.
func cgroupMounts(root fs.FS) (mounts []cgroupMount) {
	b, _ := fs.ReadFile(root, "proc/self/mountinfo")
	for line := range strings.Lines(string(b)) {
		// id parent device root point options [optional ...] - type source options
		left, right, _ := strings.Cut(line, " - ")
		l, r := strings.Fields(left), strings.Fields(right)
		if len(l) < 5 || len(r) < 3 {
			continue
		}
		m := cgroupMount{top: unescape(l[3]), point: path.Clean(unescape(l[4]))}
		switch {
		case r[0] == "cgroup2":
			mounts = append(mounts, m)
		case r[0] == "cgroup" && hasWord(r[2], "cpu"):
			m.v1 = true
			mounts = append(mounts, m)
		}
	}
	return mounts
}

// dirs returns the directories of group and of all groups above it that the mount
// shows, none if the group is not under this mount.
func (m cgroupMount) dirs(group string) (dirs []string) {
	// A path that climbs with ".." lies outside the cgroup namespace: no directory
	// here is that group's.
	if !strings.HasPrefix(group, "/") || slices.Contains(strings.Split(group, "/"), "..") {
		return nil
	}
	below, ok := strings.CutPrefix(group, strings.TrimSuffix(m.top, "/"))
	if !ok || below != "" && below[0] != '/' {
		return nil
	}
	for dir := path.Join(m.point, below); ; dir = path.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == m.point || dir == "/" {
			return dirs
		}
	}
}

// limitV2 reads cpu.max: "quota period" in microseconds, or "max period".
func limitV2(root fs.FS, dir string) (float64, bool) {
	f := strings.Fields(readGroup(root, dir, "cpu.max"))
	if len(f) != 2 {
		return 0, false
	}
	return ratio(f[0], f[1])
}

// limitV1 reads the pair of files of version 1; a quota of -1 is no limit.
func limitV1(root fs.FS, dir string) (float64, bool) {
	return ratio(readGroup(root, dir, "cpu.cfs_quota_us"), readGroup(root, dir, "cpu.cfs_period_us"))
}

func ratio(quota, period string) (float64, bool) {
	q, err := strconv.ParseInt(quota, 10, 64)
	if err != nil || q <= 0 {
		return 0, false
	}
	p, err := strconv.ParseInt(period, 10, 64)
	if err != nil || p <= 0 {
		return 0, false
	}
	return float64(q) / float64(p), true
}

func readGroup(root fs.FS, dir, file string) string {
	b, _ := fs.ReadFile(root, strings.TrimPrefix(path.Join(dir, file), "/"))
	return strings.TrimSpace(string(b))
}

// hasWord reports whether a comma-separated list has the word.
func hasWord(list, word string) bool {
	return slices.Contains(strings.Split(list, ","), word)
}

// unescape undoes the octal escapes that mountinfo has for white space and the
// backslash in paths.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
