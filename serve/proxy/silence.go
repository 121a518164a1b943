package proxy

import (
	"time"

	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

// drainTime is how long a tunnel must be silent to be ended when the server is to end: what a protocol owes is
// not known here.
const drainTime = time.Second

// silence watches whether anything is sent through a tunnel. It looks now and then, so that bytes cost nothing.
type silence struct {
	idle    time.Duration // how long there may be none, 0: for ever
	watch   clock.SleepOp // at whose end it looks
	watches bool
	drains  bool
	seen    int64 // bytes at the last look
	silent  bool  // nothing came between the last two
}

// begin is called when the tunnel is open.
func (s *silence) begin() {
	if s.idle > 0 {
		s.watchIn(s.idle / 2)
	}
}

// poll returns ErrIdle when a tunnel through which so many bytes have gone, and that has just been polled, is to end.
func (s *silence) poll(cx *waker.Context, draining bool, copied int64) error {
	if draining && !s.drains {
		s.drains = true
		s.watchIn(drainTime)
	}
	for s.watches && s.watch.Poll(cx).IsReady() {
		s.watches = false
		moved := copied != s.seen
		if !moved && (s.silent || s.drains) {
			return ErrIdle
		}
		s.seen, s.silent = copied, !moved
		if s.drains {
			s.watchIn(drainTime)
		} else {
			s.watchIn(s.idle / 2)
		}
	}
	return nil
}

func (s *silence) watchIn(d time.Duration) {
	s.end()
	s.watch, s.watches = clock.Sleep(d), true
}

// end stops watching.
func (s *silence) end() {
	if s.watches {
		s.watches = false
		s.watch.Drop()
	}
}
