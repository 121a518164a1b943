//go:build !linux || portable

package process

import "github.com/magpie-go/magpie/waker"

// watched is nothing here: a child counts as ended from the beginning, so that a goroutine waits for it.
type watched struct{}

func (*watched) watch(int)                          {}
func (*watched) unwatch()                           {}
func (*watched) ended(*waker.Context) (bool, error) { return true, nil }
func (*watched) stopWaiting()                       {}
