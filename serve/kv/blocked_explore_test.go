//go:build explore

package kv

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
)

// blocking has a client send BLPOP k 0, and returns as what it waits; nil if it has been answered at once.
func blocking(kv *Server) *popper {
	c := kv.call()
	defer c.free()
	c.conn = new(conn)
	c.args = append(c.args, []byte("BLPOP"), []byte("k"), []byte("0"))
	c.do()
	return c.blocked
}

func pushTo(t *testing.T, kv *Server, elements ...string) {
	t.Helper()
	args := [][]byte{[]byte("RPUSH"), []byte("k")}
	for _, e := range elements {
		args = append(args, []byte(e))
	}
	kv.Do(nil, args...)
}

func newModel(t *testing.T, x *explore.Run) *Server {
	kv, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	x.Label("kv", kv)
	return kv
}

func left(kv *Server) int {
	if e := kv.shard(kv.hash([]byte("k"))).keys.find(kv.hash([]byte("k")), []byte("k")); e != nil {
		return e.value.list.n
	}
	return 0
}

// A client that waits is served, whenever the element comes, and once, though two come.
func TestModelBlockingPop(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		kv := newModel(t, x)
		got := 0
		x.Go("client", func() {
			p := blocking(kv)
			if p == nil {
				got++
				return
			}
			task := new(testkit.Sleeper)
			for {
				if _, ready, _ := p.poll(task.Context(), false); ready {
					break
				}
				task.Wait()
			}
			got++
			p.leave()
		})
		for range 2 {
			x.Go("pusher", func() { pushTo(t, kv, "v") })
		}
		x.Finally(func() {
			x.Assert(got == 1 && left(kv) == 1 && kv.heeds.Load() == 0, "%d got, %d left, %d heeds", got, left(kv), kv.heeds.Load())
		})
	})
}

// When the server drains, an element is given to a client that waits, or stays.
func TestModelBlockingPopDrains(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		kv := newModel(t, x)
		p := blocking(kv)
		served := false
		x.Go("client", func() {
			task := new(testkit.Sleeper)
			for gone := false; !served && !gone; {
				if _, served, gone = p.poll(task.Context(), true); !served && !gone {
					task.Wait()
				}
			}
			p.leave()
		})
		x.Go("pusher", func() { pushTo(t, kv, "v") })
		x.Finally(func() {
			x.Assert(served == (left(kv) == 0) && kv.heeds.Load() == 0, "served %v, %d left, %d heeds", served, left(kv), kv.heeds.Load())
		})
	})
}

// An element is either given to a client that waits, or stays for the next one when he has given up before.
func TestModelBlockingPopGivesUp(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		kv := newModel(t, x)
		p := blocking(kv)
		served := false
		x.Go("client", func() {
			served = !p.giveUp() // as when the time is over
			if !served {
				p.leave()
			}
		})
		x.Go("pusher", func() { pushTo(t, kv, "v") })
		x.Finally(func() {
			if served {
				x.Assert(p.state.Load() == popServed && left(kv) == 0, "state %d, %d left", p.state.Load(), left(kv))
				p.leave()
			} else {
				x.Assert(left(kv) == 1, "%d left", left(kv))
			}
			x.Assert(kv.heeds.Load() == 0, "%d heeds", kv.heeds.Load())
		})
	})
}
