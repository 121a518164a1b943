//go:build !portable

package netio_test

import (
	"bytes"
	gort "runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// stuck returns a splice that waits for its destination, with something in its pipe.
func stuck(t *testing.T) *netio.SpliceOp {
	t.Helper()
	client, front := pair(t)
	back, _ := connect(t, listen(t, "unix", socketPath(t)))
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
	fill(t, back)
	move(64 << 10)
	if pipes(t) < 2 {
		t.Fatal("it uses no pipe")
	}
	return &op
}

// What a Drop has given up does not come out of another splice.
func TestSpliceAfterADroppedOne(t *testing.T) {
	for range 5 {
		stuck(t).Drop()
		client, front := pair(t)
		back, server := pair(t)
		data := random(64 << 10)
		must[int](t, future.Box(client.WriteAll(data)))
		client.CloseWrite()
		all := received(t, server)
		must[int64](t, future.Box(netio.Splice(back, front)))
		back.CloseWrite()
		if got := <-all; !bytes.Equal(got, data) {
			t.Fatalf("%d bytes arrived of %d, or not the same", len(got), len(data))
		}
	}
}

// A pipe with something in it is closed by a Drop, and the others by the collector: no descriptor stays.
func TestSpliceLeavesNoDescriptor(t *testing.T) {
	before := pipes(t)
	for range 5 {
		stuck(t).Drop()
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
func pipes(t *testing.T) int { return descriptors(t, "pipe:") }
