package waker_test

import (
	"testing"

	"github.com/magpie-go/magpie/waker"
)

// Zero values wake nobody, offer nothing, and limit nothing.
func TestZeroValues(t *testing.T) {
	var w waker.Waker
	if c := w.Clone(); !w.IsNoop() || !c.WillWake(w) || w.Raw() != (waker.RawWaker{}) {
		t.Error("a zero Waker is not that of Noop")
	}
	w.WakeByRef()
	w.Wake()
	w.Drop()
	if !waker.FromRaw(waker.RawWaker{}).IsNoop() {
		t.Error("a zero RawWaker wakes somebody")
	}

	var cell waker.AtomicWaker
	cell.Wake()
	if _, ok := cell.Take(); ok {
		t.Error("there is a waker in a zero AtomicWaker")
	}

	var cx waker.Context
	if !cx.Waker().IsNoop() || cx.Ext() != nil || !cx.Spend() || cx.Exhausted() {
		t.Error("a zero Context has something to offer")
	}
	cx.PollAgain()
	cx.PollAgainLow()

	var d waker.Driver
	d.Direct()
	d.PollAgain()
	if !d.TakeAgain() || d.TakeAgain() {
		t.Error("a zero Driver does not note that it is to poll again, once")
	}

	var b waker.Budget
	cx = waker.NewContext(w, nil, &b)
	if cx.Spend() || !cx.Exhausted() {
		t.Error("there is something left of a zero Budget")
	}
}
