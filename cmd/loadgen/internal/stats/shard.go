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
	latency  *hdrhistogram.Histogram
	counts   counts
	status   [statuses]uint64
	failures [kinds]uint64
	examples [kinds]error
}

// NewShard returns an empty shard.
func NewShard() *Shard { return &Shard{latency: hdrhistogram.New(unit, limit, digits)} }

// Exchange is one request and its complete reply.
type Exchange struct {
	Latency  time.Duration
	Status   int // of HTTP; otherwise 0
	Sent     int // bytes
	Received int // bytes
}

// Record counts an exchange. It does not allocate.
func (s *Shard) Record(x Exchange) {
	ns := min(max(int64(x.Latency), 0), limit)
	s.lock.Lock()
	defer s.lock.Unlock()
	// It fails only outside of the range.
	_ = s.latency.RecordValue(ns)
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
