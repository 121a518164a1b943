package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// MaxDatagram is what a datagram may carry over IPv4.
const MaxDatagram = 65507

// batch is how many datagrams are read in one system call.
const batch = 16

// udpPlan is datagrams that come back as they were sent. Each carries its connection and its number, so they may come in
// any order, and one that does not come within the timeout is lost. One that comes after that is passed over.
type udpPlan struct {
	size, depth int
}

func (c *Config) udpPlan() (plan, error) {
	if c.Size < MinSize || c.Size > MaxDatagram {
		return nil, fmt.Errorf("a datagram of %d bytes: give one from %d to %d", c.Size, MinSize, MaxDatagram)
	}
	return &udpPlan{c.Size, c.depth()}, nil
}

func (p *udpPlan) connection(i uint64) (protocol, int) {
	u := &udp{echo: *newEcho(i, p.size, 1), numbers: make([]uint64, 0, p.depth)}
	u.out = make([]byte, p.size*p.depth)
	return u, MaxDatagram + 1
}

// udp is the datagrams of one socket.
type udp struct {
	echo
	numbers []uint64 // of those under way, oldest first
	at      int      // in numbers, which one was told of
}

func (u *udp) traits() traits { return traits{chatty: true, early: true} }

func (u *udp) next(n int) ([]byte, []int) {
	p, _ := u.echo.next(n)
	for i := range n {
		u.numbers = append(u.numbers, u.number-uint64(n-1-i))
	}
	return p, nil
}

func (u *udp) forget()     { u.numbers = u.numbers[:0] }
func (u *udp) expect(bool) {}

// feed takes a datagram, which is all of p.
func (u *udp) feed(p []byte) (int, outcome, error) {
	if len(p) >= MinSize && binary.BigEndian.Uint64(p) == u.identity {
		number := binary.BigEndian.Uint64(p[8:])
		if i := slices.Index(u.numbers, number); i >= 0 {
			u.take(i)
			if u.write(u.message, number); bytes.Equal(p, u.message) {
				return len(p), answered, nil
			}
			return len(p), failed, fmt.Errorf("connection %d, datagram %d: it has come back as another one: %w", u.identity, number, stats.ErrWrongEcho)
		}
		if number > 0 && number <= u.number {
			return len(p), more, nil // it was given up, or has come twice
		}
	}
	if len(u.numbers) == 0 {
		return len(p), more, nil
	}
	u.take(0)
	return len(p), failed, fmt.Errorf("connection %d: %d bytes came that are no datagram of its own: %w", u.identity, len(p), stats.ErrWrongEcho)
}

// take takes the i-th off those under way.
func (u *udp) take(i int) {
	u.at = i
	u.numbers = append(u.numbers[:i], u.numbers[i+1:]...)
}

func (u *udp) which() int { return u.at }

// abandon implements abandoner.
func (u *udp) abandon() error {
	number := u.numbers[0]
	u.take(0)
	return fmt.Errorf("connection %d: no answer to datagram %d: %w", u.identity, number, stats.ErrLost)
}

// packetDial makes a stream of datagrams, at once.
type packetDial struct {
	address     string
	size, depth int
}

// Poll implements future.Future.
func (d *packetDial) Poll(*waker.Context) future.Poll[stream] {
	nc, err := netio.DialPacket("udp", d.address)
	if err != nil {
		return future.Failed[stream](err)
	}
	return future.Ready[stream](newDatagrams(nc, d.size, d.depth))
}

// datagrams is a socket of datagrams as a stream. What is written to it goes out in datagrams of one size, and a read
// returns one datagram. Both sides move as many as they can in one system call.
type datagrams struct {
	nc   *netio.PacketConn
	size int
	out  []netio.Packet
	in   []netio.Packet
	r, w int // in[r:w] have come, and are not read
}

func newDatagrams(nc *netio.PacketConn, size, depth int) *datagrams {
	d := &datagrams{nc: nc, size: size, out: make([]netio.Packet, 0, depth), in: make([]netio.Packet, min(depth, batch))}
	// One byte more, so that one that is too long shows.
	room := make([]byte, len(d.in)*(size+1))
	for i := range d.in {
		d.in[i].Data = room[i*(size+1) : (i+1)*(size+1)]
	}
	return d
}

// PollRead implements stream.
func (d *datagrams) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if d.r == d.w {
		a := d.nc.PollReadBatch(cx, d.in)
		if a.IsPending() {
			return future.Pending[int]()
		}
		n, err := a.Result()
		if err != nil {
			return future.Failed[int](err)
		}
		d.r, d.w = 0, n
	}
	n := copy(p, d.in[d.r].Bytes())
	d.r++
	return future.Ready(n)
}

// PollWrite implements stream.
func (d *datagrams) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	d.out = d.out[:0]
	for at := 0; at < len(p); at += d.size {
		d.out = append(d.out, netio.Packet{Data: p[at : at+d.size]})
	}
	a := d.nc.PollWriteBatch(cx, d.out)
	if a.IsPending() {
		return future.Pending[int]()
	}
	n, err := a.Result()
	if err != nil {
		return future.Failed[int](err)
	}
	return future.Ready(n * d.size)
}

// Close implements stream.
func (d *datagrams) Close() error { return d.nc.Close() }
