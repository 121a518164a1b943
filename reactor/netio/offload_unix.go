//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"syscall"

	"github.com/magpie-go/magpie/internal/sys"
)

// mostJoined is how many bytes of datagrams are joined: what one of IPv6 may have, with its headers.
const mostJoined = 65535 - 40 - 8

// joined is the datagrams that go to the system as one.
type joined struct {
	to    netip.AddrPort
	local netip.Addr
	size  int // of all but the last
	total int
	open  bool // for more
}

// takes reports whether a datagram may be joined with the others, and adds it if so.
func (j *joined) takes(q *Packet) bool {
	n := len(q.Data)
	if !j.open || n == 0 || n > j.size || j.total+n > mostJoined || q.Addr != j.to || q.Local != j.local {
		return false
	}
	j.total += n
	j.open = n == j.size
	return true
}

// sendBatch is one system call that sends datagrams, and returns how many; and another one, if it refuses those that are joined.
func (p *PacketConn) sendBatch(fd int, ps []Packet, join bool) (int, verdict, error) {
	b := sys.NewPackets()
	defer b.Free()
	var j joined
	for i := range ps {
		q := &ps[i]
		if join && j.takes(q) {
			b.Join(q.Data)
			continue
		}
		zone, err := zoneID(q.Addr.Addr().Zone())
		if err != nil && i == 0 {
			return 0, over, err
		} else if err != nil {
			break // those before it are sent, and the next call tells
		}
		b.Add(q.Data, q.Addr, zone, p.six())
		if q.Local.IsValid() {
			if errno := b.From(q.Local, p.six()); errno != 0 {
				return 0, over, os.NewSyscallError("sendmsg", errno)
			}
		}
		j = joined{to: q.Addr, local: q.Local, size: len(q.Data), total: len(q.Data), open: len(q.Data) > 0}
	}
	n, errno := b.Send(fd)
	if errno == 0 {
		return n, over, nil
	}
	if refuses, always := sys.RefusesJoined(errno); join && refuses {
		if always {
			p.gso.Store(false)
		}
		return p.sendBatch(fd, ps, false)
	}
	v, err := failedCall("sendmmsg", errno)
	return 0, v, err
}

// tell keeps what a datagram has come with.
func (q *Packet) tell(b *sys.Packets, i int) {
	q.Local = b.Local(i)
	if n := b.Segment(i); n < q.N {
		q.Segment = n
	}
}

func (p *PacketConn) setGSO(on bool) error {
	err := p.call("set", func(fd int) error { return offloadError("SetGSO", sys.HasGSO(fd)) })
	if err == nil {
		p.gso.Store(on)
	}
	return err
}

func (p *PacketConn) setGRO(on bool) error {
	err := p.call("set", func(fd int) error { return offloadError("SetGRO", sys.SetGRO(fd, on)) })
	if err == nil {
		p.gro.Store(on)
	}
	return err
}

func offloadError(what string, err error) error {
	if errors.Is(err, syscall.ENOPROTOOPT) {
		return fmt.Errorf("%s: this system moves each datagram by itself: %w", what, errors.ErrUnsupported)
	}
	return os.NewSyscallError("setsockopt", err)
}
