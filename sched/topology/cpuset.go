package topology

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// maxCPUs bounds the CPU numbers a set can hold. It is eight times the 8192 of the
// largest Linux build, and keeps "0-4000000000" from being worth half a gigabyte.
const maxCPUs = 1 << 16

// CPUSet is a set of logical CPU numbers, from 0 to 65535. It never changes once
// made, so it can be shared freely. The zero value is the empty set.
type CPUSet struct {
	words []uint64 // bit c%64 of words[c/64] is CPU c; the last word is never 0
}

// CPUSetOf returns the set of the given CPUs, in any order, repeated or not. It
// panics on a number below 0 or above 65535.
func CPUSetOf(cpus ...int) CPUSet {
	var s CPUSet
	for _, c := range cpus {
		if c < 0 || c >= maxCPUs {
			panic(fmt.Sprintf("topology: CPU number %d is not in 0..%d", c, maxCPUs-1))
		}
		s.add(c)
	}
	return s
}

// ParseCPUSet reads the kernel's list form, numbers and ranges separated by commas
// such as "0-3,8", as it stands in sysfs and as taskset -c takes it. White space
// around the list is ignored; an empty list is the empty set.
func ParseCPUSet(list string) (CPUSet, error) {
	var s CPUSet
	list = strings.TrimSpace(list)
	if list == "" {
		return s, nil
	}
	for part := range strings.SplitSeq(list, ",") {
		from, to, isRange := strings.Cut(part, "-")
		first, err := parseCPU(from)
		last := first
		if err == nil && isRange {
			last, err = parseCPU(to)
		}
		if err != nil {
			return CPUSet{}, fmt.Errorf("topology: CPU list %.80q: %w", list, err)
		}
		if last < first {
			return CPUSet{}, fmt.Errorf("topology: CPU list %.80q: the range %s runs backwards", list, part)
		}
		for c := first; c <= last; c++ {
			s.add(c)
		}
	}
	return s, nil
}

func parseCPU(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%.20q is not a CPU number", s)
	}
	if n >= maxCPUs {
		return 0, fmt.Errorf("CPU number %d is above %d", n, maxCPUs-1)
	}
	return int(n), nil
}

// String returns the kernel's list form, "0-3,8"; the empty set is "".
func (s CPUSet) String() string {
	var b []byte
	first, last := -1, -2
	flush := func() {
		if first < 0 {
			return
		}
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(first), 10)
		if last > first {
			b = append(b, '-')
			b = strconv.AppendInt(b, int64(last), 10)
		}
	}
	for c := range s.All() {
		if c != last+1 {
			flush()
			first = c
		}
		last = c
	}
	flush()
	return string(b)
}

// Contains reports whether cpu is in the set.
func (s CPUSet) Contains(cpu int) bool {
	return cpu >= 0 && cpu/64 < len(s.words) && s.words[cpu/64]&(1<<(cpu%64)) != 0
}

// Count returns the number of CPUs in the set.
func (s CPUSet) Count() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// All yields the CPUs of the set in ascending order.
func (s CPUSet) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s.words {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// Equal reports whether both sets hold the same CPUs.
func (s CPUSet) Equal(t CPUSet) bool { return slices.Equal(s.words, t.words) }

// Intersect returns the CPUs that are in both sets.
func (s CPUSet) Intersect(t CPUSet) CPUSet {
	words := make([]uint64, min(len(s.words), len(t.words)))
	for i := range words {
		words[i] = s.words[i] & t.words[i]
	}
	for len(words) > 0 && words[len(words)-1] == 0 {
		words = words[:len(words)-1]
	}
	return CPUSet{words}
}

// first returns the lowest CPU of the set, -1 if there is none.
func (s CPUSet) first() int {
	for c := range s.All() {
		return c
	}
	return -1
}

// below returns how many CPUs of the set have a lower number than cpu.
func (s CPUSet) below(cpu int) int {
	n := 0
	for c := range s.All() {
		if c >= cpu {
			break
		}
		n++
	}
	return n
}

// add is for sets under construction only: a set that was handed out stays as it is.
func (s *CPUSet) add(cpu int) {
	for cpu/64 >= len(s.words) {
		s.words = append(s.words, 0)
	}
	s.words[cpu/64] |= 1 << (cpu % 64)
}
