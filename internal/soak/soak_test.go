package soak

import (
	"context"
	"flag"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/faults"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

var (
	howLong = flag.Duration("soak", 5*time.Second, "how long to soak")
	theSeed = flag.Uint64("seed", 0, "what the rounds follow from; 0 takes it from the clock")
)

// interrupting reports whether threads are sent signals.
var interrupting atomic.Bool

// listing is held while descriptors are open that do not count.
var listing sync.Mutex

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds waits that end soon unless something is lost.
const patience = 2 * time.Minute

func TestSoak(t *testing.T) {
	seed, limit := *theSeed, *howLong
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	if testing.Short() || !faults.Enabled {
		limit = min(limit, time.Second)
	}
	t.Logf("faults injected: %v; -seed=%d", faults.Enabled, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	round(t, 0, rand.New(rand.NewPCG(seed, 9)), new(tally)) // whatever is opened once is open after this
	descriptors, procs := testkit.Descriptors(t), runtime.GOMAXPROCS(0)
	stopSignals := interruptThreads()
	defer stopSignals()
	faults.Start(seed)
	defer faults.End()
	total := new(tally)
	rounds := 0
	for begun := time.Now(); time.Since(begun) < limit && !t.Failed(); {
		rounds++
		misbehave(random)
		round(t, rounds, random, total)
		listing.Lock()
		n := testkit.Descriptors(t)
		listing.Unlock()
		if n != descriptors {
			t.Errorf("round %d: %d descriptors after, %d before", rounds, n, descriptors)
		}
		if n := runtime.GOMAXPROCS(0); n != procs {
			t.Errorf("round %d: GOMAXPROCS is %d after, %d before", rounds, n, procs)
		}
	}
	report(t, rounds, total, faults.End())
}

func report(t *testing.T, rounds int, s *tally, injected [faults.Kinds]uint64) {
	t.Logf("%d rounds: %d futures, %d of them panicked; %d handles answered, %d of them by a shutdown; %d aborts; "+
		"%d messages, %d connections, %d cut by faults",
		rounds, s.begun.Load(), s.panics.Load(), s.answers.Load(), s.refused.Load(), s.aborts.Load(),
		s.messages.Load(), s.conns.Load(), s.cut.Load())
	if !faults.Enabled || !faults.Complete {
		return
	}
	for k := faults.Kind(0); k < faults.Kinds; k++ {
		t.Logf("%12d × %v", injected[k], k)
		if injected[k] == 0 && rounds > 20 {
			t.Errorf("no fault of the kind %q was injected", k)
		}
	}
}

// misbehave chooses the faults of a round: all of them, or no wake-ups but those that
// somebody needs (a superfluous one may put right what a lost one has done), or nothing
// but threads that stop.
func misbehave(random *rand.Rand) {
	shape := random.IntN(4)
	interrupting.Store(shape < 2)
	switch shape {
	case 2:
		faults.Only(faults.Interrupted, faults.Short, faults.NoBuffers, faults.NoAccept, faults.NoWatch, faults.Late, faults.Stop)
	case 3:
		faults.Only(faults.Stop)
	default:
		faults.Only()
	}
}

// round is the life of one runtime.
func round(t *testing.T, number int, random *rand.Rand, total *tally) {
	t.Helper()
	s := new(tally)
	config := sched.Config{
		Workers:       []int{1, 2, 2, 3, 4, 8}[random.IntN(6)],
		NoPin:         random.IntN(2) == 0,
		Budget:        []int{0, 1, 7}[random.IntN(3)],
		EventInterval: []int{0, 1, 5}[random.IntN(3)],
		Spin:          []time.Duration{0, sched.NoSpin, 100 * time.Microsecond}[random.IntN(3)],
		OnPanic: func(p *sched.PanicError) {
			if p.Value != errPanic {
				t.Errorf("a panic that nobody has asked for: %v", p)
			}
		},
	}
	rt, err := sched.New(config)
	if err != nil {
		t.Fatal(err)
	}
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := sched.Spawn(rt, serve(s, l, random.Uint64()))
	faultsBefore := fatal()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	hurried := random.IntN(3) == 0 // the shutdown comes in the middle
	var spawners sync.WaitGroup
	var working sync.WaitGroup
	for range 1 + random.IntN(4) {
		seed := random.Uint64()
		working.Add(1)
		spawners.Go(func() { spawn(ctx, s, rt, l.Addr().String(), seed, working.Done) })
	}
	if hurried {
		now, cancel := context.WithCancel(context.Background())
		if random.IntN(2) == 0 {
			working.Wait()
		}
		cancel()
		_ = rt.Shutdown(now) // it may take longer than it waits
		shut(t, rt, hurried)
		l.Close()
		spawners.Wait()
	} else {
		spawners.Wait()
		oneByOne(ctx, s, rt, random)
		l.Close()
		shut(t, rt, hurried)
	}
	_, err = server.Wait(ctx)
	s.answer(err)
	s.begun.Add(-s.ended.Load())
	if n := s.begun.Load(); n != 0 {
		s.wrong("%d futures have neither ended nor been dropped", n)
	}
	// A fault ends one connection, whichever side it strikes; an echo is not aborted.
	if cut, faulty := s.cut.Load(), int64(fatal()-faultsBefore); cut > faulty && !hurried {
		s.wrong("%d connections were cut by %d faults", cut, faulty)
	}
	for _, e := range s.errors {
		t.Errorf("round %d, %+v, hurried %v: %s", number, config, hurried, e)
	}
	s.begun.Store(s.ended.Load())
	total.add(s)
}

// oneByOne has a runtime that is otherwise idle do one thing at a time: no other one's wake-up
// stands in for one that was lost.
func oneByOne(ctx context.Context, s *tally, rt *sched.Runtime, random *rand.Rand) {
	for range 20 {
		_, err := sched.Spawn(rt, walk(s, random.Uint64())).Wait(ctx)
		s.answer(err)
		g := new(gate)
		h := sched.Spawn[int](rt, g)
		for range random.IntN(3) {
			runtime.Gosched() // it may be parked by then
		}
		g.Open()
		_, err = h.Wait(ctx)
		s.answer(err)
	}
}

// fatal is how many faults there were that end a connection.
func fatal() uint64 { return faults.Count(faults.NoBuffers) + faults.Count(faults.NoWatch) }

func shut(t *testing.T, rt *sched.Runtime, hurried bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := rt.Shutdown(ctx)
	if _, dropped := err.(*sched.DroppedError); err != nil && (!dropped || !hurried) {
		m := rt.Metrics()
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		t.Fatalf("Shutdown: %v\n%+v\n%s", err, m, stacks)
	}
}

// spawn spawns a mixture from outside, opens its gates and awaits its end. It tells
// begun when all is spawned.
func spawn(ctx context.Context, s *tally, rt *sched.Runtime, addr string, seed uint64, begun func()) {
	random := rand.New(rand.NewPCG(seed, 5))
	var handles []sched.JoinHandle[int]
	var gates []*gate
	for range 20 + random.IntN(80) {
		var f future.Future[int]
		switch random.IntN(17) {
		case 0, 1:
			f = client(s, addr, random.Uint64(), 1+random.IntN(4))
			s.begun.Add(1)
			handles = append(handles, sched.Spawn[int](rt, &probe[int]{s: s, f: f}))
			continue
		case 2, 3:
			f = sleeps(s, source(random), 1+random.IntN(5))
		case 4, 5:
			f = tree(s, random.Uint64(), random.IntN(4))
		case 6, 7:
			f = walk(s, random.Uint64())
		case 8, 9:
			g := new(gate)
			gates = append(gates, g)
			sched.SpawnDetached(rt, newErrand(s, random, g))
			continue
		case 10, 11:
			g := new(gate)
			gates = append(gates, g)
			f = g
		case 12:
			f = holds(source(random), 1+random.IntN(3))
		case 13, 14:
			f = computes(s, source(random), 1+random.IntN(4))
		default:
			f = &yields{left: random.IntN(200)}
		}
		h := sched.Spawn(rt, probed(s, random, f))
		handles = append(handles, h)
		if random.IntN(10) == 0 {
			s.aborts.Add(1)
			h.Abort()
		}
	}
	begun()
	var openers sync.WaitGroup
	for range 3 {
		openers.Go(func() {
			for _, g := range gates {
				g.Open()
			}
		})
	}
	openers.Wait()
	for _, h := range handles {
		_, err := h.Wait(ctx)
		s.answer(err)
	}
}

// add adds what a round has seen to the total.
func (s *tally) add(o *tally) {
	s.begun.Add(o.begun.Load())
	s.ended.Add(o.ended.Load())
	s.panics.Add(o.panics.Load())
	s.aborts.Add(o.aborts.Load())
	s.messages.Add(o.messages.Load())
	s.conns.Add(o.conns.Load())
	s.cut.Add(o.cut.Load())
	s.refused.Add(o.refused.Load())
	s.answers.Add(o.answers.Load())
}
