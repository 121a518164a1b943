package coord

import (
	"errors"

	"github.com/magpie-go/magpie/future"
)

// ErrClosed is the end of what was waited for: the other side of a channel is gone, or what was
// waited at was closed. The errors of this package that are an ErrClosed say which. Each is a
// [future.ErrClosed], too.
var ErrClosed error = closedError("coord: closed")

var (
	// ErrFull is the error of a send or a reservation that does not wait, if it would have to.
	ErrFull = errors.New("coord: the channel is full")

	// ErrEmpty is the error of a receive that does not wait, if it would have to.
	ErrEmpty = errors.New("coord: nothing was sent yet")
)

// closedError is an ErrClosed that says what was closed. It needs no allocation.
type closedError string

func (e closedError) Error() string { return string(e) }

// Is implements errors.Is.
func (e closedError) Is(target error) bool {
	return target == ErrClosed || target == future.ErrClosed
}
