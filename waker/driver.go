package waker

import "github.com/magpie-go/magpie/internal/gid"

// Driver is a Context as the executor has it that polls with it, again and again: futures are given
// its Context, and not what is the executor's alone.
type Driver struct{ Context }

// NewDriver returns the Driver of an executor that offers ext and a budget, see [NewContext]. It has
// a waker once [Driver.Reset] has given it one.
func NewDriver(ext any, budget *Budget) Driver { return Driver{NewContext(Waker{}, ext, budget)} }

// Reset makes the context that of another waker, before a poll.
func (d *Driver) Reset(w Waker) { d.waker = w }

// Direct makes PollAgain a note in the context, for an executor that looks for it with
// [Driver.TakeAgain] after each poll. The goroutine that polls calls it. An executor that
// switches to coroutines in its polls offers a method Here() bool in its Ext, which reports
// whether the calling goroutine runs on its thread.
func (d *Driver) Direct() { d.on, d.again = gid.Current(), notAsked }

// TakeAgain reports whether the poll has asked for another one, and forgets it. It is for an
// executor that has called Direct.
func (d *Driver) TakeAgain() bool {
	if d.again <= notAsked {
		return false
	}
	d.again = notAsked
	return true
}

// CanWait reports whether all that has asked for another poll did so with [Context.PollAgainLow]. An executor
// that has priorities asks before TakeAgain.
func (d *Driver) CanWait() bool { return d.again == askedLow }
