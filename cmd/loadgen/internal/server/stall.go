package server

import (
	"fmt"
	"strings"
	"time"

	"github.com/magpie-go/magpie/waker"
)

// Stall makes a server stand still at regular times, as collectors, snapshots and neighbours make real ones: of each
// Every after its begin, it answers nothing in the last For. The zero Stall is none.
type Stall struct {
	For, Every time.Duration
}

// ParseStall reads 100ms/1s: stand still for 100 ms of each second.
func ParseStall(text string) (s Stall, err error) {
	long, every, ok := strings.Cut(text, "/")
	if ok {
		s.For, err = time.ParseDuration(long)
		if err == nil {
			s.Every, err = time.ParseDuration(every)
		}
	}
	if !ok || err != nil || s.For <= 0 || s.For >= s.Every {
		return Stall{}, fmt.Errorf("stall %q: give TIME/PERIOD, the time being the shorter one, such as 100ms/1s", text)
	}
	return s, nil
}

// left returns for how long a server that began so long ago still stands still.
func (s Stall) left(since time.Duration) time.Duration {
	if s.Every == 0 {
		return 0
	}
	if at := since % s.Every; at >= s.Every-s.For {
		return s.Every - at
	}
	return 0
}

// stalls reports whether the connection has to stand still, with the waker left for the end of that.
func (c *conn) stalls(cx *waker.Context) bool {
	stall := c.server.config.Stall
	for stall.Every > 0 {
		left := stall.left(time.Since(c.server.begun))
		if left == 0 {
			c.stalled = false
			return false
		}
		if !c.stalled {
			c.timer.Reset(left)
			c.stalled = true
		}
		if c.timer.Poll(cx).IsPending() {
			return true
		}
		c.stalled = false
	}
	return false
}
