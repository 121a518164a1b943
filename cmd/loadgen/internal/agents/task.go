package agents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/sched"
)

// task is an agent's part in one run.
//
// Three goroutines: serve goes through the states, beat tells that the agent lives and finds out whether the coordinator does, and
// while the load runs report sends what was counted. Messages of the coordinator come from NATS's goroutine, and are
// handed over by channels that have room for all there can be.
type task struct {
	agent   *Agent
	run     string
	timeout time.Duration

	wanted  context.Context // done when nobody wants the result any more
	abandon context.CancelFunc
	going   context.Context // done when the load is to end
	end     context.CancelFunc

	jobs    chan job
	starts  chan start
	more    chan []engine.Portion
	numbers map[int]bool // of more that were taken; by NATS's goroutine

	lock     sync.Mutex // guards the rest
	heard    time.Time  // of the coordinator, last
	released bool       // by it
}

// maxMore is how many portions may wait to be taken over: far more than come at once.
const maxMore = 1 << 10

func newTask(a *Agent, run string, timeout time.Duration) *task {
	t := &task{
		agent: a, run: run, timeout: max(timeout, MinTimeout), heard: time.Now(), numbers: map[int]bool{},
		jobs: make(chan job, 1), starts: make(chan start, 1), more: make(chan []engine.Portion, maxMore),
	}
	t.wanted, t.abandon = context.WithCancel(context.Background())
	t.going, t.end = context.WithCancel(t.wanted)
	return t
}

// take takes a message. What has come before is passed over.
func (t *task) take(q *request) error {
	switch q.Kind {
	case "job":
		return offer(t.jobs, q)
	case "start":
		return offer(t.starts, q)
	case "more":
		var m more
		if err := json.Unmarshal(q.Body, &m); err != nil {
			return err
		}
		if t.numbers[m.Number] {
			return nil
		}
		t.numbers[m.Number] = true
		for _, portions := range m.Portions {
			select {
			case t.more <- portions:
			default:
				return errors.New("more portions than there can be agents")
			}
		}
	case "stop":
		t.end()
	case "release":
		t.lock.Lock()
		t.released = true
		t.lock.Unlock()
		t.abandon()
	default:
		return fmt.Errorf("there is no message %q", q.Kind)
	}
	return nil
}

// offer hands the body of a message over, unless one that came before has not been taken.
func offer[T any](to chan<- T, q *request) error {
	var body T
	if err := json.Unmarshal(q.Body, &body); err != nil {
		return err
	}
	select {
	case to <- body:
	default:
	}
	return nil
}

// next waits for what offer hands over. ok is false if the task is not wanted any more, or the agent is to end.
func next[T any](t *task, from <-chan T) (body T, ok bool) {
	select {
	case body = <-from:
		return body, true
	case <-t.wanted.Done():
	case <-t.agent.ctx.Done():
	}
	return body, false
}

// serve goes through the states.
func (t *task) serve() {
	var others sync.WaitGroup
	others.Go(t.beat)
	defer others.Wait()
	defer t.agent.release(t)

	j, ok := next(t, t.jobs)
	if !ok {
		return
	}
	loads, workers, err := t.prepare(&j)
	text := ""
	if err != nil {
		text = err.Error()
	}
	if t.ask("ready", ready{text}, nil) != nil || err != nil {
		return
	}
	s, ok := next(t, t.starts)
	if !ok {
		return
	}
	config := loads[0]
	fmt.Fprintf(t.agent.Log, "a run begins: %s to %s\n", plural(loads.Connections(), "connection"), config.Target.URL)
	pieces := newPieces()
	others.Go(func() { t.report(pieces) })
	config.At, config.More, config.Cut = at(s.At), t.more, pieces.add
	d := t.put(loads, workers)
	pieces.close(d)
	<-pieces.sent
	switch {
	case t.wanted.Err() != nil && !t.isReleased():
		fmt.Fprintln(t.agent.Log, "the run is over, or its coordinator is gone; waiting for work")
	case d.Error != "":
		fmt.Fprintf(t.agent.Log, "the run has failed: %s; waiting for work\n", d.Error)
	default:
		fmt.Fprintln(t.agent.Log, "the run is over; waiting for work")
	}
}

// put puts the load on the server.
func (t *task) put(loads engine.Loads, workers int) *done {
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return &done{Error: err.Error()}
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = rt.Shutdown(ctx)
	}()
	stop := context.AfterFunc(t.agent.ctx, t.end)
	defer stop()
	r, err := loads.Run(t.going, rt)
	if err != nil {
		return &done{Error: err.Error()}
	}
	d := &done{
		Workers: r.Workers, Duration: time.Duration(r.Duration), User: time.Duration(r.CPU.User), System: time.Duration(r.CPU.System),
		Noise: r.Noise, Left: r.Interrupted && t.agent.ctx.Err() != nil,
	}
	if r.Rate != nil {
		d.Unsent = r.Rate.Unsent
	}
	return d
}

// prepare fetches the files, and makes the loads.
func (t *task) prepare(j *job) (engine.Loads, int, error) {
	files := map[string][]byte{}
	for _, f := range j.Files {
		content := []byte{}
		for len(content) < f.Size {
			var part []byte
			if err := t.ask("file", section{f.Name, len(content)}, &part); err != nil {
				return nil, 0, err
			}
			if len(part) == 0 || len(part) > f.Size-len(content) {
				return nil, 0, fmt.Errorf("file %s: %d bytes came, and it has %d", f.Name, len(content)+len(part), f.Size)
			}
			content = append(content, part...)
		}
		files[f.Name] = content
	}
	loads, workers, err := t.agent.Prepare(j.Spec, files)
	if err != nil {
		return nil, 0, err
	}
	if len(loads) != len(j.Portions) {
		return nil, 0, fmt.Errorf("%d loads, and portions of %d", len(loads), len(j.Portions))
	}
	loads = loads.Take(j.Portions)
	return loads, workers, t.agent.Admit(loads.Connections())
}

// ask sends the coordinator a message until it has answered. It fails when nobody wants that any more.
func (t *task) ask(kind string, body, into any) error {
	message := encode(kind, t.run, t.agent.id, body)
	subject := toRun + t.run
	if kind == "beat" {
		subject += beats
	}
	for {
		patience, cancel := context.WithTimeout(t.wanted, min(t.timeout/2, time.Second))
		answer, err := t.agent.nc.RequestWithContext(patience, subject, message)
		cancel()
		if err == nil {
			t.lock.Lock()
			t.heard = time.Now()
			t.lock.Unlock()
			if err = understood(answer.Data, into); errors.Is(err, errOut) {
				t.abandon()
			}
			return err
		}
		t.lock.Lock()
		silent := time.Since(t.heard)
		t.lock.Unlock()
		if silent > t.timeout {
			t.abandon()
		}
		if !t.sleep(t.timeout / 50) {
			return t.wanted.Err()
		}
	}
}

func (t *task) isReleased() bool {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.released
}

// sleep waits, and reports whether the task is still wanted.
func (t *task) sleep(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-t.wanted.Done():
		return false
	}
}

// beat tells the coordinator that the agent lives, until the task is done.
func (t *task) beat() {
	for t.ask("beat", nil, nil) == nil && t.sleep(t.timeout/5) {
	}
}

// report sends pieces one after the other, and at last what there is to tell of the whole run.
func (t *task) report(p *pieces) {
	defer close(p.sent)
	for {
		next, d := p.next()
		if next != nil {
			if t.ask("piece", next, nil) != nil {
				return
			}
			continue
		}
		_ = t.ask("done", d, nil)
		return
	}
}

// pieces are those that were counted and not sent yet.
type pieces struct {
	lock  sync.Mutex
	added sync.Cond
	queue []json.RawMessage
	last  int
	done  *done
	sent  chan struct{} // closed when all are, or nobody wants them
}

func newPieces() *pieces {
	p := &pieces{sent: make(chan struct{})}
	p.added.L = &p.lock
	return p
}

// add is the engine's Cut.
func (p *pieces) add(e engine.Piece) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.last++
	p.queue = append(p.queue, encoded(piece{p.last, e.Start, e.Length, e.CPU, e.Counts}))
	p.added.Signal()
}

// close adds the end.
func (p *pieces) close(d *done) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.done = d
	p.added.Signal()
}

// next waits for a piece, or the end, and returns it.
func (p *pieces) next() (json.RawMessage, *done) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for len(p.queue) == 0 && p.done == nil {
		p.added.Wait()
	}
	if len(p.queue) == 0 {
		return nil, p.done
	}
	next := p.queue[0]
	p.queue = p.queue[1:]
	return next, nil
}
