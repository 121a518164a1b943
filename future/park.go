package future

import (
	"unsafe"

	"github.com/magpie-go/magpie/waker"
)

// parker puts one goroutine to sleep until it is woken. Its token stays where it is
// until it is taken: a wake-up before the sleep is not lost, several fold into one.
type parker struct {
	token chan struct{} // holds one
}

func newParker() *parker { return &parker{make(chan struct{}, 1)} }

func (p *parker) park() { <-p.token }

func (p *parker) unpark() {
	select {
	case p.token <- struct{}{}:
	default:
	}
}

func (p *parker) waker() waker.Waker {
	// Sound: only parkerVTable turns the pointer back, into what it is.
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(p), VTable: &parkerVTable})
}

var parkerVTable waker.VTable

func init() {
	parkerVTable.Uncounted(func(p unsafe.Pointer) { (*parker)(p).unpark() })
}
