package onmagpie

import (
	"sync/atomic"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Datagrams echoes them, as many at a time as there are.
func Datagrams(r *measure.Run) {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		panic(err)
	}
	p, err := netio.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	e := &datagrams{sock: p, room: make([]netio.Packet, 64)}
	for i := range e.room {
		e.room[i].Data = make([]byte, measure.DatagramSize)
	}
	sched.Spawn[unit](rt, e)
	measure.ServeDatagrams(r, p.LocalAddr(), &e.echoed)
	p.Close()
	rt.Close()
}

// datagrams is the server's task. What it is sent has the size that there is room for, so a batch goes back as it came.
type datagrams struct {
	sock   *netio.PacketConn
	room   []netio.Packet
	unsent []netio.Packet
	echoed atomic.Int64
}

// Poll implements future.Future.
func (e *datagrams) Poll(cx *waker.Context) future.Poll[unit] {
	for {
		for len(e.unsent) > 0 {
			r := e.sock.PollWriteBatch(cx, e.unsent)
			if r.IsPending() {
				return future.Pending[unit]()
			}
			n, err := r.Result()
			if err != nil {
				return future.Failed[unit](err)
			}
			e.unsent = e.unsent[n:]
			e.echoed.Add(int64(n))
		}
		r := e.sock.PollReadBatch(cx, e.room)
		if r.IsPending() {
			return future.Pending[unit]()
		}
		n, err := r.Result()
		if err != nil {
			return future.Failed[unit](err)
		}
		e.unsent = e.room[:n]
	}
}
