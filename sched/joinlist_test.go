package sched

import (
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/waker"
)

// Who polls a handle again with the waker that it came with costs no clone of it, which may be a
// reference count that all cores write.
func TestPollingAHandleAgainClonesNothing(t *testing.T) {
	clones, dropped := 0, 0
	var table waker.VTable
	table = waker.VTable{
		Clone:     func(d unsafe.Pointer) waker.RawWaker { clones++; return waker.RawWaker{Data: d, VTable: &table} },
		Wake:      func(unsafe.Pointer) {},
		WakeByRef: func(unsafe.Pointer) {},
		Drop:      func(unsafe.Pointer) { dropped++ },
	}
	w := waker.FromRaw(waker.RawWaker{VTable: &table})
	var l joinList
	for range 5 {
		if !l.add(w, nil) {
			t.Fatal("the list is closed")
		}
	}
	if clones != 1 || dropped != 0 {
		t.Errorf("5 polls made %d clones and dropped %d; want 1 and 0", clones, dropped)
	}
	l.Close(nil)
}
