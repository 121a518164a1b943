package stats

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magpie-go/magpie/internal/spin"
)

// The range of the histogram. Its precision of three digits holds from the unit times
// 1000 on: a unit of 1 ns keeps it from 1 µs on. Latencies above the limit are counted
// as the limit, and the report says so.
const (
	unit   = 1 // ns
	limit  = int64(60 * time.Second)
	digits = 3
)

// statuses is the number of HTTP status codes: 0 to 999.
const statuses = 1000

// Shard is what one worker counts in, about 240 KB.
//
// Protocol: every field is guarded by the lock. A worker has a shard of its own, so the
// lock is there for executors that poll with several threads under one reactor; it is
// all but never waited for. Rejected: a histogram per connection (220 KB each), and one
// for all (every request would wait for its cache lines).
type Shard struct {
	lock     spin.Lock
	times    times
	counts   counts
	status   [statuses]uint64
	failures [kinds]uint64
	examples [kinds]error
}

// NewShard returns an empty shard. isOpen tells that requests have a time at which they are to begin.
func NewShard(isOpen bool) *Shard { return &Shard{times: newTimes(isOpen)} }

// times are the histograms of a run.
type times struct {
	latency *hdrhistogram.Histogram // from when a request was to begin
	open    *openTimes              // nil of a closed load
}

// openTimes are those that an open load has besides.
type openTimes struct {
	service *hdrhistogram.Histogram // from when it began
	lag     *hdrhistogram.Histogram // from when it was to begin until it began
	own     *hdrhistogram.Histogram // the same, of those that a connection was waiting for
}

func newTimes(isOpen bool) (t times) {
	t.latency = newHistogram()
	if isOpen {
		t.open = newOpenTimes()
	}
	return t
}

func newOpenTimes() *openTimes { return &openTimes{newHistogram(), newHistogram(), newHistogram()} }

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(unit, limit, digits) }

func (t *times) merge(other *times) {
	t.latency.Merge(other.latency)
	if other.open == nil {
		return
	}
	if t.open == nil {
		t.open = newOpenTimes()
	}
	t.open.service.Merge(other.open.service)
	t.open.lag.Merge(other.open.lag)
	t.open.own.Merge(other.open.own)
}

// record counts a time, in a histogram that takes all that are given to it.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(int64(d), 0), limit))
}

// Exchange is one request and its complete reply.
type Exchange struct {
	Latency  time.Duration // since it was to begin
	Service  time.Duration // since it began
	Status   int           // of HTTP; otherwise 0
	Sent     int           // bytes
	Received int           // bytes
}

// Record counts an exchange. It does not allocate.
func (s *Shard) Record(x Exchange) {
	s.lock.Lock()
	defer s.lock.Unlock()
	record(s.times.latency, x.Latency)
	if o := s.times.open; o != nil {
		record(o.service, x.Service)
	}
	s.counts.sent += uint64(x.Sent)
	s.counts.received += uint64(x.Received)
	if int64(x.Latency) > limit {
		s.counts.overLimit.add(int64(x.Latency))
	}
	if x.Status > 0 && x.Status < statuses {
		s.status[x.Status]++
		if kind, bad := classifyStatus(x.Status); bad {
			s.failures[kind]++
		}
	}
}

// Began counts a request of an open load that began so long after its time. waited tells that a connection was waiting for
// that time, so that the lag is this program's own. It does not allocate.
func (s *Shard) Began(lag time.Duration, waited bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	record(s.times.open.lag, lag)
	if waited {
		record(s.times.open.own, lag)
	}
}

// Shed counts a request that was not sent as it was too late for it.
func (s *Shard) Shed() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.counts.shed++
}

// Unsent counts requests whose time came and that were not sent before the run ended.
func (s *Shard) Unsent(n uint64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.counts.unsent += n
}

// Fail counts a failure.
func (s *Shard) Fail(err error) {
	kind := Classify(err)
	s.lock.Lock()
	defer s.lock.Unlock()
	s.failures[kind]++
	if s.examples[kind] == nil {
		s.examples[kind] = err
	}
}

// Connected counts a connection that was opened.
func (s *Shard) Connected() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.counts.connects++
}

// ClosedIdle counts a connection that the server closed between two requests.
func (s *Shard) ClosedIdle() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.counts.closedIdle++
}

// Lenient counts a reply that was taken for good though it breaks the rules.
func (s *Shard) Lenient() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.counts.lenient++
}

// Unanswered counts a request that is under way when the run ends, sent that long ago.
func (s *Shard) Unanswered(age time.Duration) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.counts.unanswered.add(int64(age))
}

// Connecting counts a connection that is being made when the run ends, since that long.
func (s *Shard) Connecting(age time.Duration) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.counts.connecting.add(int64(age))
}
