//go:build unix

package cli

import (
	"math"
	"strings"
	"syscall"
	"testing"
)

func limits(soft, hard uint64) (l syscall.Rlimit) {
	setBoth(&l, hard)
	max := l.Max
	setBoth(&l, soft)
	l.Max = max
	return l
}

func TestRaise(t *testing.T) {
	for _, c := range []struct {
		name                   string
		soft, hard, need       uint64
		calls                  int
		softBecomes, hardStays uint64
	}{
		{"enough", 1000, 1000, 1000, 0, 0, 0},
		{"the hard limit is enough", 1000, 5000, 2000, 1, 5000, 5000},
		{"nothing is enough", 1000, 5000, 6000, 1, 6000, 6000},
	} {
		calls := 0
		err := raise(limits(c.soft, c.hard), c.need, func(l *syscall.Rlimit) error {
			calls++
			if *l != limits(c.softBecomes, c.hardStays) {
				t.Errorf("%s: sets %+v", c.name, *l)
			}
			return syscall.EPERM
		})
		if calls != c.calls || (err == nil) != (c.calls == 0) {
			t.Errorf("%s: %d calls, %v", c.name, calls, err)
		}
	}
}

// More than any kernel lets a process have.
func TestNeedDescriptorsTellsWhatToDo(t *testing.T) {
	err := needDescriptors(math.MaxInt32)
	if err == nil || !strings.Contains(err.Error(), "2147483647 connections") || !strings.Contains(err.Error(), "ulimit -Hn") {
		t.Errorf("%v", err)
	}
}
