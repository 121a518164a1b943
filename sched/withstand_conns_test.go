package sched_test

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// Connections are opened and closed at random while messages flow, half of them cut by a
// reset: no byte reaches another connection, and no descriptor is left.
func TestConnectionsComeAndGo(t *testing.T) {
	total, atOnce := 20_000, 500
	if testing.Short() {
		total, atOnce = 2_000, 100
	}
	random := seeded(t)
	comeAndGo(t, random, 1, 200, 10) // whatever opens a descriptor once has it after this
	before := testkit.Descriptors(t)
	for _, workers := range workerCounts {
		comeAndGo(t, random, workers, (total+len(workerCounts)-1)/len(workerCounts), atOnce)
		testkit.DescriptorsBack(t, before)
	}
}

func comeAndGo(t *testing.T, random *rand.Rand, workers, total, atOnce int) {
	t.Helper()
	serving := newRuntime(t, sched.Config{Workers: workers})
	dialling := newRuntime(t, sched.Config{Workers: workers})
	server := startEcho(t, serving)
	var left atomic.Int64 // connections to be opened
	left.Store(int64(total))
	var cut, ended atomic.Int64
	var clients []sched.JoinHandle[future.Unit]
	for range atOnce {
		// The high bits of an identity are random, so that runs do not look alike.
		own := rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))
		clients = append(clients, sched.Spawn(dialling, future.Async(func(co *future.Co) (u future.Unit, err error) {
			for {
				n := left.Add(-1)
				if n < 0 {
					return u, nil
				}
				wasCut, err := oneConnection(co, server.addr(), own.Uint64()<<32|uint64(n), own)
				if err != nil {
					return u, err
				}
				if wasCut {
					cut.Add(1)
				} else {
					ended.Add(1)
				}
			}
		})))
	}
	for _, c := range clients {
		wait(t, c)
	}
	server.stop(t)
	shutdown(t, dialling)
	shutdown(t, serving)
	if got := cut.Load() + ended.Load(); got != int64(total) || cut.Load() == 0 || ended.Load() == 0 {
		t.Errorf("%d connections were cut and %d ended, of %d", cut.Load(), ended.Load(), total)
	}
	t.Logf("workers=%d: %d cut, %d ended, %d messages", workers, cut.Load(), ended.Load(), server.messages.Load())
}

// oneConnection exchanges some messages; then it ends properly, or is cut, at once or
// with messages under way in both directions.
func oneConnection(co *future.Co, addr string, id uint64, random *rand.Rand) (cut bool, err error) {
	c, err := future.Await(co, netio.Dial("tcp", addr))
	if err != nil {
		return false, err
	}
	defer c.Close()
	number := uint32(0)
	for range random.IntN(4) {
		if err := talk(co, c, id, number, random.IntN(messageBody)); err != nil {
			return false, err
		}
		number++
		if random.IntN(4) == 0 {
			co.Yield()
		}
	}
	if random.IntN(2) == 0 {
		return false, nil
	}
	var rest []byte
	for range random.IntN(3) {
		rest = appendMessage(rest, id, number, random.IntN(messageBody))
		number++
	}
	if len(rest) > 0 {
		rest = rest[:1+random.IntN(len(rest))] // in the middle of one
		if _, err := c.WriteAll(rest).Await(co); err != nil {
			return false, err
		}
	}
	return true, c.SetLinger(0)
}
