package compare

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// sample is the intervals of a run, in a form that adds up fast.
type sample struct {
	values []float64 // of the buckets, ascending
	parts  []part
	block  int // length of the blocks that are drawn
}

type part struct {
	seconds, completed, failed, all float64
	buckets                         []int32 // of values
	counts                          []float64
}

// drawn is a run made of such intervals.
type drawn struct {
	seconds, completed, failed, all float64
	values                          []float64
	counts                          []float64 // by bucket
}

// buckets returns all times that occur, ascending.
func buckets(runs ...stats.Series) []float64 {
	seen := map[int64]bool{}
	for _, s := range runs {
		for _, i := range s {
			if i.Latency.Hist.IsZero() {
				continue
			}
			for value := range i.Latency.Hist.ForEachBucket {
				seen[value] = true
			}
		}
	}
	values := make([]float64, 0, len(seen))
	for _, v := range slices.Sorted(maps.Keys(seen)) {
		values = append(values, float64(v))
	}
	return values
}

func newSample(s stats.Series, values []float64) *sample {
	n := float64(len(s))
	out := &sample{values: values, block: int(math.Ceil(math.Cbrt(n)))}
	for _, i := range s {
		p := part{seconds: float64(i.Length) / 1e9, completed: float64(i.Completed), failed: float64(i.Failed)}
		p.all = p.completed + p.failed - float64(i.Refused()) // those are complete too
		if !i.Latency.Hist.IsZero() {
			for value, count := range i.Latency.Hist.ForEachBucket {
				p.buckets = append(p.buckets, int32(sort.SearchFloat64s(values, float64(value))))
				p.counts = append(p.counts, float64(count))
			}
		}
		out.parts = append(out.parts, p)
	}
	return out
}

func (s *sample) empty() *drawn {
	return &drawn{values: s.values, counts: make([]float64, len(s.values))}
}

// whole returns the run as it was.
func (s *sample) whole() *drawn {
	d := s.empty()
	for i := range s.parts {
		d.add(&s.parts[i])
	}
	return d
}

// draw returns a run of as many intervals, in blocks of neighbours from anywhere in it.
func (s *sample) draw(random *rand.Rand) *drawn {
	d := s.empty()
	n := len(s.parts)
	for left := n; left > 0; left -= s.block {
		from := random.IntN(n)
		for i := range min(s.block, left) {
			d.add(&s.parts[(from+i)%n])
		}
	}
	return d
}

func (d *drawn) add(p *part) {
	d.seconds += p.seconds
	d.completed += p.completed
	d.failed += p.failed
	d.all += p.all
	for i, b := range p.buckets {
		d.counts[b] += p.counts[i]
	}
}

// mean and quantile take the samples of a bucket to be spread evenly over it. It is as wide as 1/128 of its value, or 1 ns.
func (d *drawn) mean() float64 {
	sum, n := 0.0, 0.0
	for i, count := range d.counts {
		sum += count * (d.values[i] + width(d.values[i])/2)
		n += count
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

func (d *drawn) quantile(q float64) float64 {
	n := 0.0
	for _, count := range d.counts {
		n += count
	}
	rank := q * n
	for i, count := range d.counts {
		if count > 0 && rank <= count {
			return d.values[i] + width(d.values[i])*rank/count
		}
		rank -= count
	}
	return 0
}

// width is that of a bucket of a histogram of two digits: values from 2^k on, for k above 7, are told to 2^(k-7).
func width(value float64) float64 {
	_, exponent := math.Frexp(value)
	return math.Ldexp(1, max(exponent-8, 0))
}
