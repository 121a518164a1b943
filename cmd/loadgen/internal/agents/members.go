package agents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// run is one run of a coordinator.
//
// All of it but pulses belongs to the goroutine that is in until: what comes from elsewhere (messages, replies) is posted to
// it as a function. So there are no locks, and no two things happen at once. Heartbeats do not wait for that goroutine, which may
// have much to add up: they are answered by NATS's.
type run struct {
	c      *Coordinator
	nc     *nats.Conn
	id     string
	events chan func()
	over   chan struct{} // closed at the end
	pulses sync.Map      // of *pulse by the agent's ID

	members    []*member
	refused    []string // why, by agent
	isComplete bool     // no more agents are looked for
	failure    error    // why the run cannot go on

	start       time.Duration // of the load, on this machine's clock
	isStopping  bool
	stopped     time.Duration // of the load, when that was
	interrupted bool
	merger      *merger
	unsent      uint64 // what agents that are gone were to send
	lost        []string
}

// member is an agent that takes part.
type member struct {
	hello
	id       string
	name     string
	state    state
	pulse    *pulse
	answered reading       // when its last reply came
	gone     chan struct{} // closed when it is lost
	offset   offset
	portions [][]engine.Portion
	tally    tally
	mores    int // portions that were sent after the begin
	done     *done
	lostAt   time.Duration
	why      string
}

type state int

const (
	claiming state = iota
	claimed
	prepared
	compared
	running
	finished // it has reported
	gone
)

// post has f done by the goroutine that the run belongs to.
func (r *run) post(f func()) {
	select {
	case r.events <- f:
	case <-r.over:
	}
}

// until goes on with what happens until ok.
func (r *run) until(ctx context.Context, ok func() bool) error {
	tick := time.NewTicker(min(r.c.Timeout/8, 100*time.Millisecond))
	defer tick.Stop()
	r.look()
	for !ok() {
		if r.failure != nil {
			return r.failure
		}
		select {
		case f := <-r.events:
			f()
		case <-tick.C:
			r.look()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return r.failure
}

// look does what is to be done now and then: it calls for agents, and looks who is silent.
func (r *run) look() {
	if !r.isComplete {
		_ = r.nc.Publish(callSubject, encode("call", r.id, "", nil))
	}
	for _, m := range r.active() {
		isSilent := time.Since(m.pulse.last()) > r.c.Timeout
		if isSilent || r.c.silent != nil && r.c.silent(m) {
			r.lose(m, fmt.Sprintf("it was silent for %v", r.c.Timeout))
		}
	}
}

// active returns the agents that have something to do, or to report.
func (r *run) active() (all []*member) {
	for _, m := range r.members {
		if m.state < finished {
			all = append(all, m)
		}
	}
	return all
}

func (r *run) count(s state) (n int) {
	for _, m := range r.members {
		if m.state == s {
			n++
		}
	}
	return n
}

// isOver reports whether nobody runs any more.
func (r *run) isOver() bool { return len(r.active()) == 0 }

func (r *run) member(id string) *member {
	i := slices.IndexFunc(r.members, func(m *member) bool { return m.id == id })
	if i < 0 {
		return nil
	}
	return r.members[i]
}

// ask sends an agent a message until it has answered, or is gone. then is called with what is wrong with the answer, if
// anything is.
func (r *run) ask(m *member, kind string, body, into any, then func(error)) {
	message := encode(kind, r.id, "", body)
	patience := min(r.c.Timeout/2, time.Second)
	go func() {
		for {
			answer, err := r.nc.Request(toAgent+m.id, message, patience)
			now := clock()
			if err == nil {
				r.post(func() {
					if m.state != gone {
						m.pulse.felt()
						m.answered = now
						then(understood(answer.Data, into))
					}
				})
				return
			}
			select {
			case <-m.gone:
				return
			case <-r.over:
				return
			case <-time.After(patience / 10): // nobody listened, or the connection is being made anew
			}
		}
	}()
}

// fail ends the run before it has begun, if there is a reason.
func (r *run) fail(m *member, err error) {
	if err != nil && r.failure == nil {
		r.failure = fmt.Errorf("agent %s: %w", m.name, err)
	}
}

// lose takes an agent for gone.
func (r *run) lose(m *member, why string) {
	before := m.state
	if before >= finished {
		return
	}
	m.state, m.why = gone, why
	r.pulses.Delete(m.id)
	close(m.gone)
	switch {
	case before < running && !r.isComplete:
		fmt.Fprintf(r.c.Log, "agent %s is gone: %s; another one is waited for\n", m.name, why)
		r.members = slices.DeleteFunc(r.members, func(o *member) bool { return o == m })
	case before < running:
		r.fail(m, fmt.Errorf("it was lost before the run began: %s", why))
	default:
		r.bequeath(m)
		r.progress()
	}
}

// bequeath settles what becomes of the portion of an agent that was lost while it ran.
func (r *run) bequeath(m *member) {
	now := r.now()
	m.lostAt = max(now-r.c.Loads[0].Warmup, 0)
	survivors := r.active()
	from := now
	if r.isStopping {
		survivors, from = nil, min(now, r.stopped) // the load was over then, however long it was silent after that
	}
	if r.c.Redistribute && len(survivors) > 0 {
		from += r.lead()
	}
	if due := r.c.Loads.Due(from, m.portions...); due > m.tally.taken {
		r.unsent += due - m.tally.taken
	}
	if !r.c.Redistribute {
		fmt.Fprintf(r.c.Log, "agent %s is gone: %s\n", m.name, m.why)
		r.lost = append(r.lost, m.name)
		r.stop()
		return
	}
	if len(survivors) == 0 {
		fmt.Fprintf(r.c.Log, "agent %s is gone: %s; nobody runs who could take its share\n", m.name, m.why)
		if !r.isStopping {
			r.lost = append(r.lost, m.name)
		}
		return
	}
	fmt.Fprintf(r.c.Log, "agent %s is gone: %s; %s its share\n", m.name, m.why, takes(survivors))
	for i, portions := range inherit(m.portions, m.tally.taken, from, len(survivors)) {
		s := survivors[i]
		s.portions = append(s.portions, portions...)
		s.mores++
		r.ask(s, "more", more{s.mores, portions}, nil, func(err error) {
			if err != nil {
				r.lose(s, err.Error())
			}
		})
	}
}

func takes(survivors []*member) string {
	if len(survivors) == 1 {
		return survivors[0].name + " takes"
	}
	return fmt.Sprintf("%d others take", len(survivors))
}

// stop tells all to end and to report.
func (r *run) stop() {
	if r.isStopping {
		return
	}
	r.isStopping, r.stopped = true, r.now()
	for _, m := range r.active() {
		r.ask(m, "stop", nil, nil, func(err error) {
			if errors.Is(err, errOut) {
				r.lose(m, err.Error())
			}
		})
	}
}

// leave lets all go.
func (r *run) leave() {
	close(r.over)
	for _, m := range r.members {
		_ = r.nc.Publish(toAgent+m.id, encode("release", r.id, "", nil))
	}
	_ = r.nc.FlushTimeout(time.Second)
}

// beat answers a heartbeat, in NATS's goroutine.
func (r *run) beat(msg *nats.Msg) {
	var q request
	if json.Unmarshal(msg.Data, &q) != nil {
		return
	}
	if p, ok := r.pulses.Load(q.From); ok {
		p.(*pulse).felt()
		answer(msg, nil)
	} else {
		deny(msg, errOut)
	}
}

// read reads a message of an agent, in NATS's goroutine or, if there is much to read, in one of its own: each agent sends one
// piece at a time.
func (r *run) read(msg *nats.Msg) {
	var q request
	if json.Unmarshal(msg.Data, &q) != nil || q.Run != r.id {
		return
	}
	if q.Kind != "piece" {
		r.post(func() { r.take(msg, &q, nil) })
		return
	}
	var h header
	v, ok := r.pulses.Load(q.From)
	if !ok || json.Unmarshal(q.Body, &h) != nil {
		deny(msg, errOut)
		return
	}
	switch isCounted, isBeingRead := v.(*pulse).piece(h.Number); {
	case isCounted:
		answer(msg, nil)
		return
	case isBeingRead:
		return // when it comes again it is counted
	}
	go func() {
		var p piece
		if err := json.Unmarshal(q.Body, &p); err != nil || p.Counts == nil {
			deny(msg, fmt.Errorf("a piece that is none: %v", err))
			return
		}
		r.post(func() { r.take(msg, &q, &p) })
	}()
}

// take takes a message of an agent.
func (r *run) take(msg *nats.Msg, q *request, p *piece) {
	if q.Kind == "hello" {
		var h hello
		if json.Unmarshal(q.Body, &h) == nil {
			r.welcome(q, h)
		}
		return
	}
	m := r.member(q.From)
	if m == nil || m.state == gone {
		deny(msg, errOut)
		return
	}
	m.pulse.felt()
	if err := r.taken(msg, m, q, p); err != nil {
		deny(msg, err)
	}
}

// welcome claims an agent that has nothing to do, if it is needed and of this protocol.
func (r *run) welcome(q *request, h hello) {
	if r.isComplete || len(r.members) >= r.c.Agents || r.member(q.From) != nil {
		return
	}
	if q.Protocol != Protocol {
		reason := fmt.Sprintf("agent %s is %s, which speaks protocol %d, and this is %s, which speaks %d", h.Name, h.Version, q.Protocol, r.c.Version, Protocol)
		_ = r.nc.Publish(toAgent+q.From, encode("refuse", r.id, "", refusal{reason}))
		if !slices.Contains(r.refused, reason) {
			r.refused = append(r.refused, reason)
			fmt.Fprintln(r.c.Log, "refused:", reason)
		}
		return
	}
	m := &member{hello: h, id: q.From, name: h.Name, pulse: newPulse(), gone: make(chan struct{})}
	r.members = append(r.members, m)
	r.pulses.Store(m.id, m.pulse)
	r.ask(m, "claim", claim{r.c.Timeout}, nil, func(err error) {
		if err == nil {
			m.state = claimed
			return
		}
		m.state = gone // it is of another run already
		r.pulses.Delete(m.id)
		r.members = slices.DeleteFunc(r.members, func(o *member) bool { return o == m })
	})
}

// usage is what agents have used, as far as they have told.
func (r *run) usage() (u stats.Usage) {
	for _, m := range r.members {
		if m.done != nil {
			u.User += m.done.User
			u.System += m.done.System
		} else {
			u.User += m.tally.cpu // nobody knows for what
		}
	}
	return u
}
