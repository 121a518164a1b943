package reactor

import (
	"testing"
	"time"
)

// Who sleeps until a timer that is far away is woken for one that is set meanwhile and comes before it.
func TestTimerSetBeforeTheOneSleptFor(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	var far, near Timer
	far.reset(until(time.Now().Add(time.Hour)))
	far.adopt(nil, r)
	returned := make(chan int)
	go func() {
		n, _ := r.Park(new(Events), -1)
		returned <- n
	}()
	for asleep, begun := false, time.Now(); !asleep; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Error("it does not tell that it sleeps")
			break
		}
		r.lock.Lock()
		asleep = r.asleepUntil != 0
		r.lock.Unlock()
		select {
		case <-returned:
			t.Fatal("it does not sleep")
		default:
		}
	}
	near.reset(until(time.Now()))
	near.adopt(nil, r)
	select {
	case <-returned:
	case <-time.After(10 * time.Second):
		t.Error("it sleeps on")
		r.Unpark()
		<-returned
	}
	far.Stop()
	near.Stop()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
