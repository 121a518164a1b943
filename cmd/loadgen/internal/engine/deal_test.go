package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// loads are of every kind that deals itself out.
func loads(t *testing.T, random *rand.Rand) (all []Load) {
	stages, err := ParseStages("0-2k/300ms,500/200ms,100~900@100ms/300ms")
	if err != nil {
		t.Fatal(err)
	}
	var replay []time.Duration
	for range 500 {
		replay = append(replay, time.Duration(random.Int64N(8e8)))
	}
	slices.Sort(replay)
	for _, l := range []Load{{Stages: Constant(1000)}, {Stages: stages}, {Stages: stages, Burst: 7}} {
		l.Seed = random.Uint64()
		all = append(all, l)
		l.Poisson = true
		all = append(all, l)
	}
	return append(all, Load{Replay: replay})
}

// arrival is the n-th of a schedule, and its time.
type arrival struct {
	n  uint64
	at time.Duration
}

// before takes the arrivals before a time, or all.
func (a *arrivals) before(end time.Duration) (all []arrival) {
	for {
		at, n, ok := a.next()
		if !ok || at >= end {
			return all
		}
		all = append(all, arrival{n, at})
	}
}

// Each arrival of a schedule is one machine's, whatever the load and the number of machines, at the time that it has on one. When
// some are gone, each from then on is one of the others'.
func TestEachArrivalIsSomebodys(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const end, gone, again = 800 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond
	for _, load := range loads(t, random) {
		for _, limit := range []uint64{0, 333} {
			c := &Config{Load: load, Connections: 100, Warmup: 100 * time.Millisecond, Requests: limit}
			want := newArrivals(c, c.Requests).before(end)
			for _, machines := range []int{1, 2, 3, 7} {
				parts, err := Loads{c}.Deal(machines)
				if err != nil {
					t.Fatal(err)
				}
				var each []*arrivals
				var got []arrival
				for _, p := range parts {
					one := *c
					one.Portion = p[0]
					each = append(each, newArrivals(&one, one.Requests))
				}
				if machines > 2 {
					// The first one goes, and then the second, which had taken over some of it.
					lost := []Portion{parts[0][0]}
					for i, at := range []time.Duration{gone, again} {
						got = append(got, each[i].before(at)...)
						left := each[i+1:]
						var more []Portion
						for _, p := range lost {
							p.From = at
							shares := Split([]Portion{p}, len(left))
							for k, share := range shares {
								left[k].add(share[0])
							}
							more = append(more, shares[0][0])
						}
						lost = append(more, parts[1][0])
					}
					each = each[2:]
				}
				for _, a := range each {
					got = append(got, a.before(end)...)
				}
				slices.SortFunc(got, func(a, b arrival) int { return int(int64(a.n) - int64(b.n)) })
				if !slices.Equal(got, want) {
					t.Fatalf("%v on %d machines: %d arrivals, want %d, or at other times", load.String(), machines, len(got), len(want))
				}
			}
		}
	}
}

// What is due of some shares is what those would have sent.
func TestDueOfSomeShares(t *testing.T) {
	for _, load := range loads(t, rand.New(rand.NewPCG(5, 6))) {
		c := &Config{Load: load, Connections: 100, Warmup: 100 * time.Millisecond}
		parts, err := Loads{c}.Deal(3)
		if err != nil {
			t.Fatal(err)
		}
		want := [3]uint64{}
		for _, x := range newArrivals(c, c.Requests).before(600 * time.Millisecond) {
			if x.at >= c.Warmup {
				want[x.n%3]++
			}
		}
		if got := LoadsOf(*c).Due(600*time.Millisecond, parts[0], parts[2]); got != want[0]+want[2] {
			t.Errorf("%s: %d due, want %d", load.String(), got, want[0]+want[2])
		}
	}
}

// Numbers are split with no more than 1 between parts, and nothing is left over; first connections follow one another.
func TestNumbersAreDealtOut(t *testing.T) {
	for _, n := range []int{1, 2, 3, 8} {
		for _, of := range []int{8, 9, 50, 1001} {
			c := Config{Connections: of, Requests: uint64(of) * 3}
			parts, err := LoadsOf(c).Deal(n)
			if err != nil {
				t.Fatal(err)
			}
			connections, requests := 0, uint64(0)
			for i, portions := range parts {
				p := portions[0]
				if p.First != connections || p.Index != i || p.Of != n || p.Connections < of/n || p.Connections > of/n+1 {
					t.Errorf("%d on %d: part %d is %+v", of, n, i, p)
				}
				connections += p.Connections
				requests += p.Requests
			}
			if connections != of || requests != c.Requests {
				t.Errorf("%d on %d: %d connections and %d requests are dealt out", of, n, connections, requests)
			}
		}
	}
	for _, c := range []Config{{Connections: 2}, {Connections: 9, Requests: 2}} {
		if _, err := LoadsOf(c).Deal(3); err == nil {
			t.Errorf("%d connections and %d requests are dealt out to 3", c.Connections, c.Requests)
		}
	}
	open := Config{Connections: 9, Requests: 2, Load: Load{Stages: Constant(1)}}
	if parts, err := LoadsOf(open).Deal(3); err != nil || parts[0][0].Requests != 0 {
		t.Errorf("an open load of 2 requests on 3: %+v, %v", parts, err)
	}
}

// A run takes up the connections, the schedule and the requests of a machine that is gone.
func TestRunTakesMore(t *testing.T) {
	for _, isOpen := range []bool{true, false} {
		c := config(t, "tcp://"+serve(t, copyBack), 0)
		c.Connections, c.Requests, c.Duration, c.Interval = 6, 4000, 0, 20*time.Millisecond
		if isOpen {
			c.Load.Stages = Constant(10_000)
		}
		parts, err := LoadsOf(c).Deal(3)
		if err != nil {
			t.Fatal(err)
		}
		more := make(chan []Portion, 2)
		want := uint64(4000)
		const from = 30 * time.Millisecond
		if isOpen {
			want -= LoadsOf(c).Due(from, parts[1]) // lost with its machine
		}
		parts[1][0].From = from
		one := *LoadsOf(c).Take(parts[0])[0]
		one.More = more
		more <- parts[1]
		more <- parts[2]
		begun := time.Now()
		var pieces uint64
		one.Cut = func(p Piece) { pieces += p.Counts.Requests() }
		r := mustRun(t, t.Context(), newRuntime(t), one)
		if r.Succeeded != want || pieces != want {
			t.Errorf("open %v: %d requests in %v, %d in pieces, want %d", isOpen, r.Succeeded, time.Since(begun), pieces, want)
		}
		if r.Connects != 6 {
			t.Errorf("open %v: %d connections, want all 6", isOpen, r.Connects)
		}
	}
}

// A run begins at the time that it is given, so that its requests are at times that other machines know.
func TestRunBeginsAtItsTime(t *testing.T) {
	c := config(t, "tcp://"+serve(t, copyBack), 20)
	c.Connections = 2
	c.At = time.Now().Add(50 * time.Millisecond)
	if mustRun(t, t.Context(), newRuntime(t), c); time.Now().Before(c.At) {
		t.Error("it ran before its time")
	}
}

// Numbers and rows that requests take are dealt out as well: none comes twice, and each row as often as on one machine.
func TestTemplatesAreDealtOut(t *testing.T) {
	s := newSeen(t)
	c := config(t, s.URL+"/{{counter}}", 30)
	var err error
	if c.Feed, err = ReadFeed("rows", strings.NewReader("id\na\nb\nc\nd\ne\n")); err != nil {
		t.Fatal(err)
	}
	c.Headers, c.Connections = []string{"X-A: {{csv id}}"}, 6
	parts, err := LoadsOf(c).Deal(3)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if r := mustRun(t, t.Context(), newRuntime(t), *LoadsOf(c).Take(p)[0]); r.Succeeded != 10 {
			t.Fatalf("%d requests, errors %v", r.Succeeded, r.ErrorExamples)
		}
	}
	rows := map[string]int{}
	for i := range 30 {
		found := 0
		for line, n := range s.lines {
			if path, row, _ := strings.Cut(line, " "); path == fmt.Sprintf("/%d", i+1) {
				found += n
				rows[strings.TrimSpace(row)] += n
			}
		}
		if found != 1 {
			t.Errorf("number %d came %d times", i+1, found)
		}
	}
	for row, n := range rows {
		if n != 6 || len(rows) != 5 {
			t.Errorf("row %s came %d times, of %d rows", row, n, len(rows))
		}
	}
}
