//go:build !portable

package netio_test

import (
	"os"
	gort "runtime"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A pipe with something in it is closed by a Drop, and the others by the collector: no descriptor stays.
func TestSpliceLeavesNoDescriptor(t *testing.T) {
	before := pipes(t)
	for range 5 {
		client, front := pair(t)
		back, _ := pair(t)
		op := netio.Splice(back, front)
		k := parked[int64](t, &op)
		move := func(n int) {
			t.Helper()
			must[int](t, future.Box(client.WriteAll(make([]byte, n))))
			<-k.woken
			if p := op.Poll(&k.cx); p.IsReady() {
				t.Fatal(p.Result())
			}
		}
		move(64 << 10) // more than the buffer holds
		if op.Written() == 0 {
			t.Fatal("nothing was moved")
		}
		for room := make([]byte, 1<<20); ; {
			if _, err := back.TryWrite(room); err == netio.ErrWouldBlock {
				break
			}
		}
		move(64 << 10)
		if pipes(t) < 2 {
			t.Fatal("it uses no pipe")
		}
		op.Drop()
	}
	for range 1_000 {
		gort.GC() // which closes what is left in the pool, on a goroutine of its own
		if pipes(t) <= before {
			return
		}
		gort.Gosched()
	}
	t.Errorf("%d ends of pipes stay", pipes(t)-before)
}

// pipes counts the ends of pipes that this process has open.
func pipes(t *testing.T) (n int) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		to, _ := os.Readlink("/proc/self/fd/" + fd.Name())
		if strings.HasPrefix(to, "pipe:") {
			n++
		}
	}
	return n
}
