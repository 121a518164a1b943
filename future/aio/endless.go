package aio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Empty is a Reader at its end.
var Empty Reader = empty{}

type empty struct{}

func (empty) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if len(p) == 0 {
		return future.Ready(0)
	}
	return eof(cx)
}

// Sink is a Writer that takes everything, and nothing becomes of it.
var Sink Writer = nowhere{}

type nowhere struct{}

func (nowhere) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	return future.Ready(len(p))
}

// Repeat returns a Reader that has c without an end.
func Repeat(c byte) Reader { return repeat{c} }

type repeat struct{ c byte }

func (r repeat) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	for i := range p {
		p[i] = r.c
	}
	return future.Ready(len(p))
}
