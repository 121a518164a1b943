package stats

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// count counts what happens to so many requests of an open load, in one of some Totals each, and in all.
func count(random *rand.Rand, n int, all *Shard, each ...*Shard) {
	for i := range n {
		at := time.Duration(i) * 10 * time.Microsecond
		x := Exchange{Latency: time.Duration(random.ExpFloat64() * 1e6), Sent: 7, Received: random.IntN(100), Status: 200 + random.IntN(4)*100}
		x.Service = x.Latency / 2
		if i == n/2 {
			x.Latency = time.Duration(limit + random.Int64N(1e9))
		}
		began := Arrival{N: uint64(i), Began: at, Lag: x.Latency - x.Service, Waited: i%3 == 0}
		kind := []error{nil, ErrLost, ErrCheck, errors.New("odd")}[random.IntN(4)]
		for _, s := range []*Shard{all, each[random.IntN(len(each))]} {
			s.Began(began)
			x.Lane = Lane(1 + i%3)
			s.Record(x)
			s.Iteration(4, x.Latency)
			s.EndedEarly(4)
			s.Unfinished(4)
			if kind != nil {
				s.FailIn(x.Lane, kind)
			}
			s.Connected()
			s.ClosedIdle()
			s.Lenient()
			s.Shed()
			s.Unsent(2)
			s.Unanswered(at)
			s.Connecting(at / 2)
		}
	}
}

// What machines counted adds up to what one would have counted: each value of each histogram, and with it each percentile.
func TestWhatMachinesCountedAddsUp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 300, 20_000} {
		all, each := NewShard(true), []*Shard{NewShard(true), NewShard(true), NewShard(true)}
		if n > 0 {
			count(random, n, all, each...)
		}
		want, sum := Merge(all), NewTotal(true)
		for _, s := range each {
			text, err := json.Marshal(Merge(s))
			if err != nil {
				t.Fatal(err)
			}
			var one Total
			if err := json.Unmarshal(text, &one); err != nil {
				t.Fatal(err)
			}
			sum.Add(&one)
		}
		for i, pair := range [][2]*hdrhistogram.Histogram{
			{sum.times.latency, want.times.latency}, {sum.times.open.service, want.times.open.service},
			{sum.times.open.lag, want.times.open.lag}, {sum.times.open.own, want.times.open.own},
		} {
			if got, want := pair[0].Export(), pair[1].Export(); !slices.Equal(got.Counts, want.Counts) {
				t.Errorf("%d requests: histogram %d is not that of all samples", n, i)
			}
		}
		if sum.counts != want.counts || sum.status != want.status || sum.failures != want.failures {
			t.Errorf("%d requests: %+v and %v, want %+v and %v", n, sum.counts, sum.failures, want.counts, want.failures)
		}
		for i, want := range want.lanes {
			got := sum.lanes[i]
			if got.failures != want.failures || got.early != want.early || got.open != want.open || !slices.Equal(got.times.Export().Counts, want.times.Export().Counts) {
				t.Errorf("%d requests: lane %d is %+v, want %+v", n, i+1, got, want)
			}
		}
		at := func(d time.Duration) float64 { return d.Seconds() }
		if got, want := sum.Gaps(at), want.Gaps(at); !slices.Equal(got, want) || n > 100 && len(got) == 0 {
			t.Errorf("%d requests: %d gaps, want %d", n, len(got), len(want))
		}
		for k, err := range want.examples {
			if got := sum.examples[k]; (got == nil) != (err == nil) || err != nil && got.Error() != err.Error() {
				t.Errorf("%s: the example is %v, want %v", Kind(k), got, err)
			}
		}
	}
}

// What is no Total, or one of another version, is refused with a word that says why.
func TestWhatIsNoTotalIsRefused(t *testing.T) {
	good, err := json.Marshal(NewTotal(true))
	if err != nil {
		t.Fatal(err)
	}
	counts := func(all ...int64) (p sparse) {
		for _, n := range all {
			p = binary.AppendVarint(p, n)
		}
		return p
	}
	latency := func(p sparse) string {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Replace(string(good), `{`, `{"latency":`+string(text)+`,`, 1)
	}
	change := func(was, is string) string { return strings.Replace(string(good), was, is, 1) }
	for text, want := range map[string]string{
		`{"counts":[1,2]}`:                               "2 counts",
		change(`{`, `{"colour":"green",`):                "colour",
		change(`"every":1`, `"every":3`):                 "no power of two",
		change(`"every":1`, `"every":0`):                 "no power of two",
		change(`"every":1`, `"every":1,"starts":"gA=="`): "ends amid one",
		change(`{`, `{"status":{"1000":1},`):             "no status 1000",
		change(`{`, `{"failures":{"fatigue":1},`):        "fatigue",
		latency(sparse{0x80}):                            "ends amid a count",
		latency(counts(3, 0)):                            "a count of 0",
		latency(counts(-1<<40, 5)):                       "more than",
		latency(counts(math.MinInt64)):                   "more than",
		latency(counts(1<<61, 1<<61, 1)):                 "more than 2^62",
	} {
		var got Total
		if err := json.Unmarshal([]byte(text), &got); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.90s: %v, want an error with %q", text, err, want)
		}
	}
}

func FuzzTotal(f *testing.F) {
	all := NewShard(true)
	count(rand.New(rand.NewPCG(1, 2)), 50, all, NewShard(true))
	good, err := json.Marshal(Merge(all))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, text []byte) {
		var got Total
		if json.Unmarshal(text, &got) != nil {
			return
		}
		again, err := json.Marshal(&got)
		if err != nil {
			t.Fatal(err)
		}
		var second Total
		if err := json.Unmarshal(again, &second); err != nil {
			t.Fatalf("%v: of what it wrote itself", err)
		}
	})
}
