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
	if n := ReadClock().Since(before, 1); n.Busy <= 0 || n.Steal < 0 {
		t.Errorf("%+v", n)
	}
}
