package work

import "slices"

// Len is how many numbers are added and sorted.
const Len = 10_000_000

// SortBelow is from how many elements down quicksort leaves them to the library's sort.
const SortBelow = 4096

// Random returns the numbers that the programs of the kit add and sort too: xorshift64*.
func Random(n int) []uint64 {
	x := uint64(88172645463325252)
	v := make([]uint64, n)
	for i := range v {
		x ^= x >> 12
		x ^= x << 25
		x ^= x >> 27
		v[i] = x * 0x2545F4914F6CDD1D
	}
	return v
}

// Sum adds up v.
func Sum(v []uint64) (s uint64) {
	for _, x := range v {
		s += x
	}
	return s
}

// Partition is Hoare's around the median of three, as in the programs of the kit; v has at
// least three elements.
func Partition(v []uint64) int {
	a, b, c := v[0], v[len(v)/2], v[len(v)-1]
	pivot := max(min(max(a, b), c), min(a, b))
	i, j := 0, len(v)-1
	for {
		for v[i] < pivot {
			i++
		}
		for v[j] > pivot {
			j--
		}
		if i >= j {
			return i
		}
		v[i], v[j] = v[j], v[i]
		i++
		j--
	}
}

// Quicksort sorts v.
func Quicksort(v []uint64) {
	if len(v) <= SortBelow {
		slices.Sort(v)
		return
	}
	mid := Partition(v)
	Quicksort(v[:mid])
	Quicksort(v[mid:])
}
