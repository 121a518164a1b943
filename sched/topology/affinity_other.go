//go:build !linux

package topology

import "runtime"

// threadMask is all CPUs the Go runtime counts: where masks exist, it has read them.
func threadMask() (CPUSet, error) {
	var s CPUSet
	for c := range runtime.NumCPU() {
		s.add(c)
	}
	return s, nil
}

func unpinned(f func()) { f() }

func pin(int) (restore func() error, err error) { return nil, ErrUnsupported }
