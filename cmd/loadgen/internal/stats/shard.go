package stats

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
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
// Protocol: the lock guards in and what it points to, which Take exchanges for an empty
// Total: so a reader holds the lock for an exchange of pointers, and adds up afterwards what
// nobody counts in any more. A worker has a shard of its own, so the lock is there for that
// reader, and for executors that poll with several threads under one reactor; it is
// all but never waited for. Rejected: a histogram per connection (220 KB each), one
// for all (every request would wait for its cache lines), and adding up under the lock (the worker
// would stand for 0.2 ms each second, and those who asked meanwhile would see it).
type Shard struct {
	_     word.Align64
	began word.Uint64 // requests of a closed load; outside the lock, as it is all that a begin counts
	lock  spin.Lock
	in    *Total
}

// NewShard returns an empty shard. isOpen tells that requests have a time at which they are to begin.
func NewShard(isOpen bool) *Shard { return &Shard{in: NewTotal(isOpen)} }

// Take returns what was counted since the last Take. empty is counted in from now on.
func (s *Shard) Take(empty *Total) (taken *Total) {
	s.lock.Lock()
	taken, s.in = s.in, empty
	s.lock.Unlock()
	taken.counts.began += s.began.Swap(0)
	return taken
}

// Sent counts requests of a closed load that began.
func (s *Shard) Sent(n int) { s.began.Add(uint64(n)) }

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
	starts  starts
}

func newTimes(isOpen bool) (t times) {
	t.latency = newHistogram()
	if isOpen {
		t.open = newOpenTimes()
	}
	return t
}

func newOpenTimes() *openTimes {
	return &openTimes{newHistogram(), newHistogram(), newHistogram(), newStarts()}
}

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
	t.open.starts.merge(&other.open.starts)
}

func (t *times) reset() {
	t.latency.Reset()
	if o := t.open; o != nil {
		o.service.Reset()
		o.lag.Reset()
		o.own.Reset()
		o.starts.reset()
	}
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
	Lane     Lane          // of its step, if it is one of a scenario
	Refused  bool          // what is wrong with it is counted by FailIn, and its status is no failure beside that
}

// Record counts an exchange. It does not allocate.
func (s *Shard) Record(x Exchange) {
	s.lock.Lock()
	defer s.lock.Unlock()
	record(s.in.times.latency, x.Latency)
	if o := s.in.times.open; o != nil {
		record(o.service, x.Service)
	}
	s.in.counts.sent += uint64(x.Sent)
	s.in.counts.received += uint64(x.Received)
	if int64(x.Latency) > limit {
		s.in.counts.overLimit.add(int64(x.Latency))
	}
	if x.Status > 0 && x.Status < statuses {
		s.in.status[x.Status]++
		if kind, bad := classifyStatus(x.Status); bad && !x.Refused {
			s.in.failures[kind]++
			if x.Lane > 0 {
				s.in.lane(x.Lane).failures[kind]++
			}
		}
	}
	if x.Lane > 0 {
		record(s.in.lane(x.Lane).times, x.Latency)
	}
}

// Arrival is a request of an open load.
type Arrival struct {
	N      uint64        // of the load's requests, counted from 0
	Began  time.Duration // since the run did
	Lag    time.Duration // since it was to begin
	Waited bool          // a connection was waiting for that time, so that the lag is this program's own
}

// Began counts a request of an open load that began. It does not allocate.
func (s *Shard) Began(a Arrival) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.counts.began++
	o := s.in.times.open
	record(o.lag, a.Lag)
	if a.Waited {
		record(o.own, a.Lag)
	}
	o.starts.add(start{a.N, a.Began})
}

// Shed counts a request that was not sent as it was too late for it.
func (s *Shard) Shed() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.counts.shed++
}

// Unsent counts requests whose time came and that were not sent before the run ended.
func (s *Shard) Unsent(n uint64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.counts.unsent += n
}

// Fail counts a failure.
func (s *Shard) Fail(err error) { s.FailIn(0, err) }

// Connected counts a connection that was opened.
func (s *Shard) Connected() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.counts.connects++
}

// ClosedIdle counts a connection that the server closed between two requests.
func (s *Shard) ClosedIdle() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.counts.closedIdle++
}

// Lenient counts a reply that was taken for good though it breaks the rules.
func (s *Shard) Lenient() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.counts.lenient++
}

// Unanswered counts a request that is under way when the run ends, sent that long ago.
func (s *Shard) Unanswered(age time.Duration) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.counts.unanswered.add(int64(age))
}

// Connecting counts a connection that is being made when the run ends, since that long.
func (s *Shard) Connecting(age time.Duration) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.counts.connecting.add(int64(age))
}
