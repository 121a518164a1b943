package html

import (
	"fmt"
	"math"
	"strconv"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/doubt"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// scale is ranges of time that grow by the same factor.
type scale struct {
	low, factor float64 // in milliseconds
	n           int
}

// newScale covers the times from low to high in so many ranges.
func newScale(low, high int64, n int) scale {
	from := scaleFrom(ms(low))
	to := max(ms(high)*1.001, from*1.5)
	return scale{from, math.Pow(to/from, 1/float64(n)), n}
}

// scaleFrom returns where a logarithmic axis begins for milliseconds from low on: at a number of one digit. From others
// uPlot steps past the powers of ten, and for some of them for ever.
func scaleFrom(low float64) float64 {
	low = max(low, 1e-3)
	exponent := math.Floor(math.Log10(low) + 1e-9)
	from, err := strconv.ParseFloat(fmt.Sprintf("%.0fe%.0f", math.Floor(low/math.Pow(10, exponent)+1e-9), exponent), 64)
	if err != nil {
		return 1e-3 // low is no number
	}
	return from
}

func (s scale) edges() (edges []float64) {
	for i := range s.n + 1 {
		edges = append(edges, s.low*math.Pow(s.factor, float64(i)))
	}
	return edges
}

// bin returns in which range a time is.
func (s scale) bin(ns int64) int {
	i := int(math.Log(ms(ns)/s.low) / math.Log(s.factor))
	return min(max(i, 0), s.n-1)
}

// spread gives the samples of one bucket to the ranges that it covers, each its part: a bucket may be as wide as a range, and all of it in one
// would be a comb.
func (s scale) spread(low, width, n int64, give func(bin int, share float64)) {
	const parts = 8
	for part := range int64(parts) {
		give(s.bin(low+width*(2*part+1)/(2*parts)), float64(n)/parts)
	}
}

func histogram(h *hdrhistogram.Histogram) bars {
	b := bars{Edges: []float64{}, Counts: []int64{}}
	if h == nil || h.TotalCount() == 0 {
		return b
	}
	s := newScale(h.Min(), h.Max(), 80)
	sums := make([]float64, s.n)
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			s.spread(bar.From, bar.To-bar.From+1, bar.Count, func(bin int, share float64) { sums[bin] += share })
		}
	}
	for _, sum := range sums {
		b.Counts = append(b.Counts, int64(math.Round(sum)))
	}
	b.Edges = s.edges()
	return b
}

// The cells of a heat map.
const (
	heatColumns = 240
	heatRows    = 64
)

func heatOf(all stats.Series) heat {
	m := heat{Times: []float64{}, Edges: []float64{}, Cells: [][]float64{}}
	all = doubt.Whole(all)
	low, high := int64(math.MaxInt64), int64(0)
	for _, i := range all {
		if h := i.Latency.Hist; !h.IsZero() {
			low, high = min(low, h.Min()), max(high, h.Max())
		}
	}
	if high == 0 {
		return m
	}
	s := newScale(low, high, heatRows)
	m.Edges = s.edges()
	group := (len(all) + heatColumns - 1) / heatColumns
	for k := 0; k < len(all); k += group {
		part := all[k:min(k+group, len(all))]
		sums := make([]float64, s.n)
		n := 0.0
		for _, i := range part {
			if i.Latency.Hist.IsZero() {
				continue
			}
			for value, count := range i.Latency.Hist.ForEachBucket {
				// A bucket of two digits is as wide as 1/128 of its value.
				s.spread(value, value/128+1, count, func(bin int, share float64) { sums[bin] += share })
			}
			n += float64(i.Latency.Hist.TotalCount())
		}
		for bin := range sums {
			if n > 0 {
				sums[bin] = math.Round(sums[bin]/n*1e4) / 1e4
			}
		}
		m.Times = append(m.Times, seconds(part[0].Start))
		m.Cells = append(m.Cells, sums)
	}
	last := all[len(all)-1]
	m.Times = append(m.Times, seconds(last.Start+last.Length))
	return m
}

func seconds(ns int64) float64 { return math.Round(float64(ns)/1e6) / 1e3 }

func seriesOf(all stats.Series) (s series) {
	s = series{
		T: []float64{}, Rate: []float64{}, Sent: []float64{}, Asked: []float64{}, Failed: []float64{}, CPU: []float64{},
		P50: []*float64{}, P90: []*float64{}, P99: []*float64{}, Max: []*float64{},
		LagP50: []*float64{}, LagP99: []*float64{}, LagMax: []*float64{}, OwnP99: []*float64{},
	}
	for _, i := range doubt.Whole(all) {
		if i.Length <= 0 {
			continue
		}
		s.T = append(s.T, seconds(i.Start+i.Length))
		s.Rate = append(s.Rate, i.Rate())
		s.Sent = append(s.Sent, i.SendRate())
		s.Failed = append(s.Failed, i.FailureRate())
		s.Asked = append(s.Asked, i.Asked/(float64(i.Length)/1e9))
		s.CPU = append(s.CPU, float64(i.CPU)/float64(i.Length))
		at := func(to *[]*float64, t *stats.Times, of func(*stats.Times) int64) {
			var p *float64
			if t != nil && !t.Hist.IsZero() {
				f := ms(of(t))
				p = &f
			}
			*to = append(*to, p)
		}
		p50 := func(t *stats.Times) int64 { return t.P50 }
		p90 := func(t *stats.Times) int64 { return t.P90 }
		p99 := func(t *stats.Times) int64 { return t.P99 }
		slowest := func(t *stats.Times) int64 { return t.Max }
		at(&s.P50, &i.Latency, p50)
		at(&s.P90, &i.Latency, p90)
		at(&s.P99, &i.Latency, p99)
		at(&s.Max, &i.Latency, slowest)
		at(&s.LagP50, i.Lag, p50)
		at(&s.LagP99, i.Lag, p99)
		at(&s.LagMax, i.Lag, slowest)
		at(&s.OwnP99, i.OwnLag, p99)
	}
	s.Low = lowest(s.P50, s.P90, s.P99, s.Max)
	s.LagLow = lowest(s.LagP50, s.LagP99, s.LagMax, s.OwnP99)
	return s
}

// lowest returns where an axis for these begins, a little below the lowest of them that is not 0.
func lowest(lines ...[]*float64) float64 {
	low := math.Inf(1)
	for _, line := range lines {
		for _, v := range line {
			if v != nil && *v > 0 {
				low = min(low, *v)
			}
		}
	}
	if math.IsInf(low, 1) {
		return scaleFrom(0)
	}
	return scaleFrom(0.8 * low)
}
