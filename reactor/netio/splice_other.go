//go:build portable || !linux

package netio

import "github.com/magpie-go/magpie/waker"

// canSplice: everything goes through the buffer.
const canSplice = false

type flowPipe struct{ n int }

func (f *flow) dropPipe()                     {}
func (f *flow) toPipe(*waker.Context) error   { panic("netio: no pipe") }
func (f *flow) fromPipe(*waker.Context) error { panic("netio: no pipe") }
