package future

import (
	"fmt"

	"github.com/magpie-go/magpie/internal/word"
)

// Pinned is a guard to embed in a future that must not be moved once it has been
// polled, because something points into it: itself, or a queue it stands in. The
// zero value is ready to use. See the package comment on pinning.
//
//	type readLine struct {
//		future.Pinned
//		buf  [4096]byte
//		rest []byte // part of buf
//	}
//
//	func (r *readLine) Poll(cx *waker.Context) future.Poll[string] {
//		r.AssertPinned()
//		...
//	}
//
// go vet (copylocks) reports code that copies a struct with a Pinned in it, and
// AssertPinned catches at run time what vet could not see. It costs one word.
type Pinned struct {
	_ word.NoCopy
	// A pointer and no uintptr: the collector may move what it points to, such as
	// a stack, and corrects the pointer then.
	self *Pinned
}

// AssertPinned is called first thing in Poll. It notes where the future is at the
// first call, and panics at a later one if it is elsewhere.
func (p *Pinned) AssertPinned() {
	if p.self != p {
		p.notePlace()
	}
}

// notePlace is apart so that AssertPinned is small enough to be inlined.
//
//go:noinline
func (p *Pinned) notePlace() {
	if p.self != nil {
		panic(fmt.Sprintf("future: future moved after its first poll (polled first at %p, now at %p): "+
			"it embeds Pinned, so keep it behind one pointer and do not copy or move the struct once it has been polled", p.self, p))
	}
	p.self = p
}
