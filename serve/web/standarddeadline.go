package web

import (
	"sync"
	"time"

	"github.com/magpie-go/magpie/reactor/netio"
)

// deadline is that of one direction of a connection while an http.Handler answers. It is ours while something waits for the client, unless the handler
// has set one, whenever that was: then it is the handler's until the end of the call.
//
// lock has both see whose it is. It is not the lock of who reads or writes, as a deadline may be there to end what waits under that.
type deadline struct {
	set func(*netio.Conn, time.Time) error
	nc  *netio.Conn

	lock  sync.Mutex
	own   bool // the handler has set it
	timed bool // ours is set
	ended bool // the call is over
}

// within sets ours: what waits may go on for d, and for any time if that is 0 or less.
func (l *deadline) within(d time.Duration) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if d > 0 && !l.own {
		l.timed = true
		_ = l.set(l.nc, time.Now().Add(d))
	}
}

// over takes ours back.
func (l *deadline) over() {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.timed && !l.own {
		_ = l.set(l.nc, time.Time{})
	}
	l.timed = false
}

// take sets the handler's.
func (l *deadline) take(t time.Time) error {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.ended {
		return errEnded
	}
	l.own = true
	return l.set(l.nc, t)
}

// end is called when nothing of the call waits any more: the connection goes on without the handler's.
func (l *deadline) end() {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.ended = true; l.own {
		_ = l.set(l.nc, time.Time{})
	}
}
