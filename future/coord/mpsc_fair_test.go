package coord_test

import (
	"testing"

	"github.com/magpie-go/magpie/future/coord"
)

// One who wants the one place that is free does not overtake one who waits for two.
func TestMPSCNobodyOvertakesThoseInLine(t *testing.T) {
	tx, rx := coord.MPSC[int](2)
	sendAll(t, ofBounded(tx), 0, 1)
	p := newPeer()
	two := tx.ReserveMany(2)
	pends(t, p, &two)
	if err := tx.TrySend(9); err != coord.ErrFull {
		t.Errorf("TrySend beside one in line: %v, want ErrFull", err)
	}
	if _, err := tx.TryReserve(); err != coord.ErrFull {
		t.Errorf("TryReserve beside one in line: %v, want ErrFull", err)
	}
	recvAll(t, rx, 0, 1)
	p.woken(t, 1)
	a := two.Poll(&p.cx)
	permit, err := a.Result()
	if a.IsPending() || err != nil {
		t.Fatalf("whose turn it is gets %v, pending: %v", err, a.IsPending())
	}
	for v := range 2 {
		if err := permit.Send(1 + v); err != nil {
			t.Error(err)
		}
	}
	p.gone(t)
	recvAll(t, rx, 1, 2)
}
