package stats

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Interval is what happened in a part of the measured time. A request is counted in the interval in which it began, its
// reply and its latency in the one in which that was complete.
type Interval struct {
	Start     int64             `json:"start_ns"` // since measuring began
	Length    int64             `json:"length_ns"`
	Asked     float64           `json:"asked,omitempty"` // requests that an open load wanted to begin
	Sent      uint64            `json:"sent"`            // requests that began
	Completed uint64            `json:"completed"`       // exchanges, whatever their status
	Failed    uint64            `json:"failed"`          // errors of all kinds
	Errors    map[string]uint64 `json:"errors,omitempty"`
	Shed      uint64            `json:"shed,omitempty"`
	Connects  uint64            `json:"connections_opened,omitempty"`
	SentBytes uint64            `json:"bytes_sent"`
	Received  uint64            `json:"bytes_received"`
	CPU       int64             `json:"loadgen_cpu_ns"` // time that this process used
	Latency   Times             `json:"latency"`
	Service   *Times            `json:"service,omitempty"` // of an open load, as are the next two
	Lag       *Times            `json:"lag,omitempty"`
	OwnLag    *Times            `json:"own_lag,omitempty"`
}

// Times is the distribution of a time in one interval, or of one step, in nanoseconds, within 1 percent.
type Times struct {
	Mean int64  `json:"mean_ns"`
	P50  int64  `json:"p50_ns"`
	P90  int64  `json:"p90_ns"`
	P99  int64  `json:"p99_ns"`
	P999 int64  `json:"p99_9_ns"`
	Max  int64  `json:"max_ns"`
	Hist Packed `json:"hdr,omitzero"`
}

// Rate returns the exchanges completed a second.
func (i *Interval) Rate() float64 { return i.perSecond(float64(i.Completed)) }

// SendRate returns the requests begun a second.
func (i *Interval) SendRate() float64 { return i.perSecond(float64(i.Sent)) }

// FailureRate returns the failures a second.
func (i *Interval) FailureRate() float64 { return i.perSecond(float64(i.Failed)) }

// Refused returns how many of the failures are of exchanges that were complete: what the reply says.
func (i *Interval) Refused() (n uint64) {
	for k := range kinds {
		if k.isRefusal() {
			n += i.Errors[k.String()]
		}
	}
	return n
}

func (i *Interval) perSecond(n float64) float64 {
	if i.Length <= 0 {
		return 0
	}
	return n / time.Duration(i.Length).Seconds()
}

// Interval returns what a part of a run comes to.
func (t *Total) Interval(start, length, cpu time.Duration) *Interval {
	c := &t.counts
	i := &Interval{
		Start: int64(start), Length: int64(length), CPU: int64(cpu), Sent: c.began, Completed: t.Requests(), Failed: t.Failed(),
		Shed: c.shed, Connects: c.connects, SentBytes: c.sent, Received: c.received, Latency: timesOf(t.times.latency),
		Errors: byName(&t.failures),
	}
	if o := t.times.open; o != nil {
		service, lag, own := timesOf(o.service), timesOf(o.lag), timesOf(o.own)
		i.Service, i.Lag, i.OwnLag = &service, &lag, &own
	}
	return i
}

func timesOf(h *hdrhistogram.Histogram) (t Times) { return pack(h).times() }

// times says what a histogram comes to.
func (p Packed) times() Times {
	if p.TotalCount() == 0 {
		return Times{Hist: p}
	}
	at := p.ValueAtPercentilesSlice([]float64{50, 90, 99, 99.9})
	return Times{int64(p.Mean()), at[0], at[1], at[2], at[3], p.Max(), p}
}

// Series is the intervals of a run.
type Series []*Interval

// most is how many intervals a series has at most: those of an hour, a second each. A longer run has longer ones.
const most = 3600

// Add puts an interval to the end. When there are too many, each two neighbours become one.
func (s *Series) Add(i *Interval) {
	if len(*s) < most {
		*s = append(*s, i)
		return
	}
	half := (*s)[:0]
	for k := 0; k+1 < len(*s); k += 2 {
		(*s)[k].join((*s)[k+1])
		half = append(half, (*s)[k])
	}
	clear((*s)[len(half):])
	*s = append(half, i)
}

// join adds the interval that follows.
func (i *Interval) join(next *Interval) {
	i.Length = next.Start + next.Length - i.Start
	i.Asked += next.Asked
	i.Sent += next.Sent
	i.Completed += next.Completed
	i.Failed += next.Failed
	i.Shed += next.Shed
	i.Connects += next.Connects
	i.SentBytes += next.SentBytes
	i.Received += next.Received
	i.CPU += next.CPU
	for kind, n := range next.Errors {
		if i.Errors == nil {
			i.Errors = map[string]uint64{}
		}
		i.Errors[kind] += n
	}
	i.Latency.join(&next.Latency)
	if i.Service != nil && next.Service != nil {
		i.Service.join(next.Service)
		i.Lag.join(next.Lag)
		i.OwnLag.join(next.OwnLag)
	}
}

func (t *Times) join(next *Times) {
	t.Hist.Merge(next.Hist.PackedHistogram)
	*t = t.Hist.times()
}
