package coord_test

import (
	"testing"

	"github.com/magpie-go/magpie/future/coord"
)

// sender and receiver are what the ends of all channels have.
type sender interface {
	Close()
	Drop()
	IsClosed() bool
	Closed() coord.ClosedOp
	Len() int
	Senders() (strong, weak int)
}

type receiver interface {
	Recv() coord.RecvOp[int]
	RecvMany(buf []int) coord.RecvManyOp[int]
	TryRecv() (int, error)
	Close()
	Drop()
	Len() int
	IsEmpty() bool
	IsClosed() bool
	Capacity() int
	MaxCapacity() int
	Senders() (strong, weak int)
}

// weakEnd is a weak sender.
type weakEnd struct {
	upgrade func() (end, bool)
	clone   func() weakEnd
	drop    func()
	senders func() (strong, weak int)
}

// end is a sender of any kind.
type end struct {
	sender
	send      func(v int) error // without waiting
	clone     func() end
	downgrade func() weakEnd
}

func ofBounded(s *coord.Sender[int]) end {
	return end{s, s.TrySend, func() end { return ofBounded(s.Clone()) }, func() weakEnd { return ofWeak(s.Downgrade()) }}
}

func ofWeak(w *coord.WeakSender[int]) weakEnd {
	return weakEnd{func() (end, bool) {
		s, ok := w.Upgrade()
		if !ok {
			return end{}, false
		}
		return ofBounded(s), true
	}, func() weakEnd { return ofWeak(w.Clone()) }, w.Drop, w.Senders}
}

func ofUnbounded(s *coord.UnboundedSender[int]) end {
	return end{s, s.Send, func() end { return ofUnbounded(s.Clone()) }, func() weakEnd { return ofWeakUnbounded(s.Downgrade()) }}
}

func ofWeakUnbounded(w *coord.WeakUnboundedSender[int]) weakEnd {
	return weakEnd{func() (end, bool) {
		s, ok := w.Upgrade()
		if !ok {
			return end{}, false
		}
		return ofUnbounded(s), true
	}, func() weakEnd { return ofWeakUnbounded(w.Clone()) }, w.Drop, w.Senders}
}

const room = 100 // of the bounded channels of eachChannel

// eachChannel runs f with a channel of each kind. Its queue consists of several pieces when it is full.
func eachChannel(t *testing.T, f func(t *testing.T, tx end, rx receiver)) {
	t.Run("MPSC", func(t *testing.T) {
		tx, rx := coord.MPSC[int](room)
		f(t, ofBounded(tx), rx)
	})
	t.Run("UnboundedMPSC", func(t *testing.T) {
		tx, rx := coord.UnboundedMPSC[int]()
		f(t, ofUnbounded(tx), rx)
	})
	t.Run("MPMC", func(t *testing.T) {
		tx, rx := coord.MPMC[int](room)
		f(t, ofBounded(tx), rx)
	})
	t.Run("UnboundedMPMC", func(t *testing.T) {
		tx, rx := coord.UnboundedMPMC[int]()
		f(t, ofUnbounded(tx), rx)
	})
}

func sendAll(t *testing.T, tx end, from, n int) {
	t.Helper()
	for i := range n {
		fails(t, tx.send(from+i), nil)
	}
}

func recvAll(t *testing.T, rx receiver, from, n int) {
	t.Helper()
	for i := range n {
		v, err := rx.TryRecv()
		result(t, v, err, from+i, nil)
	}
}
