package kv

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A list is what a slice would be, and does not keep the room that it once needed.
func TestList(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	l := new(list)
	var want []string
	most := 2000
	for i := range 100_000 {
		if len(want) >= most {
			most = 3
		} else if len(want) <= 3 {
			most = 2000
		}
		v := fmt.Sprint(i)
		push := len(want) == 0 || r.IntN(10) < 7 == (most > 3)
		switch front := r.IntN(2) == 0; {
		case push && front:
			l.pushFront([]byte(v))
			want = slices.Insert(want, 0, v)
		case push:
			l.pushBack([]byte(v))
			want = append(want, v)
		case front:
			v, want = want[0], want[1:]
			if got := string(l.popFront()); got != v {
				t.Fatalf("seed %d, %d: %s, want %s", seed, i, got, v)
			}
		default:
			v, want = want[len(want)-1], want[:len(want)-1]
			if got := string(l.popBack()); got != v {
				t.Fatalf("seed %d, %d: %s, want %s", seed, i, got, v)
			}
		}
		if l.n != len(want) || len(l.ring) > max(minRing, 16*(l.n+1)) {
			t.Fatalf("seed %d, %d: %d elements in room for %d, want %d", seed, i, l.n, len(l.ring), len(want))
		}
	}
	for i, v := range want {
		if got := string(*l.at(i)); got != v {
			t.Fatalf("seed %d: element %d is %s, want %s", seed, i, got, v)
		}
	}
}

// A field that once had a long text does not hold its memory.
func TestOverwrite(t *testing.T) {
	long := make([]byte, 1<<20)
	if got := overwrite(long, []byte("x")); string(got) != "x" || cap(got) > 64 {
		t.Errorf("%d bytes of memory hold %q", cap(got), got)
	}
	short := make([]byte, 0, 16)
	if got := overwrite(short, []byte("abc")); string(got) != "abc" || &got[0] != &short[:1][0] {
		t.Error("a short text is not written over")
	}
}

// Nothing expires before its time, which began within a millisecond.
func TestNothingExpiresTooEarly(t *testing.T) {
	c, e := &call{now: 1000}, new(entry)
	for at, want := range map[int64]bool{0: false, 999: true, 1000: false, 1001: false} {
		if e.value.at = at; c.isOver(e) != want {
			t.Errorf("at %d a key that expires at %d: %v", c.now, at, !want)
		}
	}
}
