package future

// Holder is what an executor whose clock may jump, that of a test runtime, offers in waker.Context.Ext:
// a future that begins something elsewhere tells it so, and until release is called, after the future has
// been woken, the clock takes it into account. What is endless, a wait for somebody who may never come, holds
// the clock back for a while; anything else for as long as it takes. An executor that is not interested
// returns nil.
type Holder interface {
	Hold(endless bool) (release func())
}
