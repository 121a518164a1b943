package ws

import (
	"testing"

	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// Who gives up waiting for room leaves the line, and one who is polled again stands there once.
func TestSendWaitGivenUp(t *testing.T) {
	m := &core{rules: &rules{full: Wait, maxQueued: 3}}
	c := &m.api
	c.m = m
	p := Prepare(wire.Text, []byte("m"), false)
	if err := c.SendPrepared(p); err != nil {
		t.Fatal(err)
	}
	cx := waker.FromWaker(waker.Noop())
	op := c.SendWait(p)
	for range 3 {
		if op.Poll(&cx).IsReady() {
			t.Fatal("there was room")
		}
	}
	if c.waiting.Empty() {
		t.Error("it does not stand in line")
	}
	op.Drop()
	if !c.waiting.Empty() {
		t.Error("it stands in line yet")
	}
}
