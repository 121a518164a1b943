package future_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// pinned points into itself: rest is a part of buf.
type pinned struct {
	future.Pinned
	buf  [8]byte
	rest []byte
}

func (p *pinned) Poll(*waker.Context) future.Poll[int] {
	p.AssertPinned()
	if p.rest == nil {
		p.rest = p.buf[:copy(p.buf[:], "hello")]
		return future.Pending[int]()
	}
	return future.Ready(len(p.rest))
}

// unpinned embeds nothing.
type unpinned struct{ polls int }

func (u *unpinned) Poll(*waker.Context) future.Poll[int] {
	if u.polls++; u.polls == 1 {
		return future.Pending[int]()
	}
	return future.Ready(u.polls)
}

// moved returns a copy of *p elsewhere. Being generic, it is one that vet does not see.
func moved[T any](p *T) *T {
	q := new(T)
	*q = *p
	return q
}

func TestPinnedMayMoveBeforeItsFirstPoll(t *testing.T) {
	e := newExecutor()
	f := moved(&pinned{})
	mustPend(t, e, f)
	mustReady(t, e, f, 5, nil)
}

func TestPinnedPanicsWhenMovedAfterItsFirstPoll(t *testing.T) {
	e := newExecutor()
	f := &pinned{}
	mustPend(t, e, f)
	g := moved(f)
	mustPanic(t, func() { g.Poll(&e.cx) }, "future moved after its first poll", "embeds Pinned")
	mustReady(t, e, f, 5, nil) // the one that stayed is none the worse
}

func TestUnpinnedMayMove(t *testing.T) {
	e := newExecutor()
	f := &unpinned{}
	mustPend(t, e, f)
	mustReady(t, e, moved(f), 2, nil)
}

func TestPinnedStaysPinnedWhenItsStackMoves(t *testing.T) {
	var f pinned
	e := newExecutor()
	mustPend(t, e, &f)
	growStack(2000)
	mustReady(t, e, &f, 5, nil)
}

func growStack(n int) byte {
	var room [256]byte
	if n > 0 {
		room[n%256] = growStack(n - 1)
	}
	return room[0]
}

func TestVetFlagsCopiesOfPinnedFutures(t *testing.T) {
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go tool in the path")
	}
	out, err := exec.Command(tool, "vet", "./testdata/pincopy").CombinedOutput()
	if _, exited := err.(*exec.ExitError); !exited || !strings.Contains(string(out), "assignment copies lock value") {
		t.Errorf("go vet of a package that copies a pinned future: %v\n%s", err, out)
	}
	if out, err := exec.Command(tool, "vet", "./testdata/plaincopy").CombinedOutput(); err != nil {
		t.Errorf("go vet of a package that copies a future without Pinned: %v\n%s", err, out)
	}
}
