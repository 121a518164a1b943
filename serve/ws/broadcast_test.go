package ws_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve/ws"
	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// A publisher that waits reaches all, also those who are slow, in order; who has room is not held up by who has none.
func TestBroadcastWait(t *testing.T) {
	const size, all = 200_000, 50 // more than the sockets and the queue hold
	var group ws.Group
	joined := make(chan struct{}, 2)
	addr, _ := start(t, ws.Config{
		Message: echo, MaxQueued: 300_000, Full: ws.Drop,
		Open:   func(c *ws.Conn) { group.Add(c); joined <- struct{}{} },
		Closed: func(c *ws.Conn, _ error) { group.Remove(c) },
	}, 1)
	slow, quick := dial(t, addr), dial(t, addr)
	<-joined
	<-joined
	waits := make(chan struct{}, all)
	published := make(chan error, 1)
	go func() {
		_, err := await(t, future.Async(func(co *future.Co) (future.Unit, error) {
			for i := range all {
				op := group.BroadcastWait(ws.Prepare(wire.Binary, bytes.Repeat([]byte{byte(i)}, size), false))
				told := false
				n, err := future.Await(co, future.Func(func(cx *waker.Context) future.Poll[int] {
					p := op.Poll(cx)
					if p.IsPending() && !told {
						told = true
						waits <- struct{}{}
					}
					return p
				}))
				if err != nil || n != 2 {
					return future.Unit{}, fmt.Errorf("message %d went to %d, %w", i, n, err)
				}
			}
			return future.Unit{}, nil
		}))
		published <- err
	}()
	read := make(chan struct{})
	go func() {
		defer close(read)
		for i := range all {
			if got := quick.next(); got != "binary:"+string(bytes.Repeat([]byte{byte(i)}, size)) {
				t.Errorf("message %d: %.20q", i, got)
				return
			}
		}
	}()
	<-waits // for the slow one, at the latest
	for i := range all {
		if got := slow.next(); got != "binary:"+string(bytes.Repeat([]byte{byte(i)}, size)) {
			t.Fatalf("message %d: %.20q", i, got)
		}
	}
	<-read
	if err := <-published; err != nil {
		t.Error(err)
	}
}

// A broadcast that is given up, and members that end while it waits, leave nothing behind.
func TestBroadcastWaitEnds(t *testing.T) {
	var group ws.Group
	joined := make(chan *ws.Conn, 1)
	addr, _ := start(t, ws.Config{Message: echo, MaxQueued: 1000, Open: func(c *ws.Conn) { group.Add(c); joined <- c }}, 1)
	dial(t, addr)
	c := <-joined
	big := ws.Prepare(wire.Binary, make([]byte, 10<<20), false)
	if n := group.Broadcast(big); n != 1 {
		t.Fatal(n)
	}
	cx := waker.FromWaker(waker.Noop())
	op := group.BroadcastWait(big)
	if p := op.Poll(&cx); p.IsReady() {
		t.Fatal("there was room")
	}
	op.Drop()
	op = group.BroadcastWait(big)
	if p := op.Poll(&cx); p.IsReady() {
		t.Fatal("there was room")
	}
	c.Close(wire.Normal, "")
	if n, err := await[int](t, &op); n != 0 || err != nil {
		t.Error(n, err)
	}
}
