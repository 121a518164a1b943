package onmagpie

import (
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Mixed serves light requests beside a task with polls of so long, one after the other.
func Mixed(long time.Duration) func(*measure.Run) {
	return mixed(func(cx *waker.Context, c *netio.Conn) {
		sched.SpawnValue[unit](cx, lightConn{conn: c, long: long})
	})
}

// MixedAsync is Mixed with async functions.
func MixedAsync(long time.Duration) func(*measure.Run) {
	return mixed(func(cx *waker.Context, c *netio.Conn) {
		sched.Spawn(cx, future.Async(func(co *future.Co) (unit, error) {
			defer c.Close()
			buf := make([]byte, measure.LightSize)
			for {
				for have := 0; have < len(buf); {
					n, err := c.Read(buf[have:]).Await(co)
					if err != nil {
						return unit{}, err
					}
					have += n
				}
				if buf[0] == measure.LightBusy {
					future.Await[unit](co, &goBusy{long})
				}
				if _, err := c.WriteAll(buf).Await(co); err != nil {
					return unit{}, err
				}
			}
		}))
	})
}

func mixed(handle func(*waker.Context, *netio.Conn)) func(*measure.Run) {
	return func(r *measure.Run) {
		rt := twoWorkers(r)
		l, err := netio.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[unit] {
			for {
				p := l.PollAccept(cx)
				if p.IsPending() {
					return pending()
				}
				c, err := p.Result()
				if err != nil {
					return ready()
				}
				handle(cx, c)
			}
		}))
		measure.ServeLight(l.Addr())
	}
}

// longPolls computes for so long at each poll.
type longPolls struct{ long time.Duration }

func (b *longPolls) Poll(cx *waker.Context) future.Poll[unit] {
	measure.Spin(b.long)
	cx.PollAgain()
	return pending()
}

// goBusy begins a busy task where it is polled.
type goBusy struct{ long time.Duration }

func (g *goBusy) Poll(cx *waker.Context) future.Poll[unit] {
	sched.SpawnValue[unit](cx, longPolls{g.long})
	return ready()
}

// lightConn echoes messages.
type lightConn struct {
	conn    *netio.Conn
	long    time.Duration
	buf     [measure.LightSize]byte
	have    int
	out     int // of buf, while it is echoed
	echoing bool
}

func (l *lightConn) Poll(cx *waker.Context) future.Poll[unit] {
	for {
		var p future.Poll[int]
		if l.echoing {
			p = l.conn.PollWrite(cx, l.buf[l.out:])
		} else {
			p = l.conn.PollRead(cx, l.buf[l.have:])
		}
		if p.IsPending() {
			return pending()
		}
		n, err := p.Result()
		if err != nil {
			l.conn.Close()
			return ready()
		}
		switch {
		case !l.echoing:
			if l.have += n; l.have < len(l.buf) {
				continue
			}
			if l.buf[0] == measure.LightBusy {
				sched.SpawnValue[unit](cx, longPolls{l.long})
			}
			l.echoing = true
		default:
			if l.out += n; l.out == len(l.buf) {
				l.have, l.out, l.echoing = 0, 0, false
			}
		}
	}
}
