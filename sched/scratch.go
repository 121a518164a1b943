package sched

import (
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/waker"
)

// scratchSize is what a read of a busy connection may well fill: the default receive
// buffers of the systems are 64 to 128 KiB.
const scratchSize = 64 << 10

// Scratch returns a buffer of 64 KiB that the poll with cx may use until it returns: the
// worker's own, the same for every task it polls. A connection that waits for data needs
// no buffer of its own then: it reads into this one and keeps only what it could not deal
// with. Under another executor, or away from the worker that cx belongs to, the buffer is
// allocated.
func Scratch(cx *waker.Context) []byte {
	w, ok := cx.Ext().(*worker)
	if !ok || !w.At(gid.Current()) && w.away() != w {
		return make([]byte, scratchSize)
	}
	b := &w.scratch[w.fork.serving]
	if *b == nil {
		*b = make([]byte, scratchSize)
	}
	return *b
}
