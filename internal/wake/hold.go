package wake

import "github.com/magpie-go/magpie/waker"

// holder is future.Holder, which says what it is for.
type holder interface {
	Hold(endless bool) (release func())
}

// Hold begins to hold the clock of who polls, and returns how to end that, or nil.
func Hold(cx *waker.Context, endless bool) (release func()) {
	if h, ok := cx.Ext().(holder); ok {
		return h.Hold(endless)
	}
	return nil
}

// Let ends what Hold has begun.
func Let(release func()) {
	if release != nil {
		release()
	}
}
