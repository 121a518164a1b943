package stats

import (
	"testing"
	"time"
)

func TestTimesOfTheMachine(t *testing.T) {
	busy, steal := parseTimes([]byte("cpu  100 20 3 4000 500 60 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1\n"))
	if busy != 1900*time.Millisecond || steal != 80*time.Millisecond {
		t.Errorf("busy %v, stolen %v", busy, steal)
	}
	if busy, steal := parseTimes(nil); busy != 0 || steal != 0 {
		t.Errorf("of nothing: busy %v, stolen %v", busy, steal)
	}
	before := ReadClock()
	for ReadClock().busy == before.busy {
	}
	after := ReadClock()
	after.at = before.at.Add(time.Second)
	if n := after.Since(before, 1); n.Busy <= 0 || n.Steal < 0 {
		t.Errorf("%+v", n)
	}
}

// No more cores were busy than there are, and of a time that is too short nothing is said.
func TestBusyCores(t *testing.T) {
	var before Clock
	for _, x := range []struct {
		passed, busy time.Duration
		want         float64
	}{{time.Millisecond, tick, 0}, {time.Second, time.Second / 2, 0.5}, {time.Second, 2*time.Second + tick, 2}} {
		after := Clock{at: before.at.Add(x.passed), busy: x.busy}
		if n := after.Since(before, 2); n.Busy != x.want {
			t.Errorf("%v of %v: %v cores were busy, want %v", x.busy, x.passed, n.Busy, x.want)
		}
	}
}
