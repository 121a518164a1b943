package par_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

// The memory that a sort maps is unmapped when it has ended.
func TestSortGivesItsMemoryBack(t *testing.T) {
	if testing.Short() {
		t.Skip("sorts large slices")
	}
	rt := newRuntime(t, 2)
	pages := func() int {
		text, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			t.Skip(err)
		}
		n, err := strconv.Atoi(strings.Fields(string(text))[0])
		if err != nil {
			t.Fatal(err)
		}
		return n * os.Getpagesize()
	}
	s := make([]uint64, 1<<18)
	sort := func() {
		x := uint64(1)
		for i := range s {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
			s[i] = x
		}
		par.Sort(par.On(rt), s)
	}
	sort()
	before := pages()
	const times = 100
	for range times {
		sort()
	}
	if more := pages() - before; more > times*8*len(s)/2 {
		t.Errorf("%d sorts of %d MB have left %d MB of addresses", times, 8*len(s)>>20, more>>20)
	}
}
