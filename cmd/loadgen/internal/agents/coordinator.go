package agents

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Coordinator deals a run out to agents and adds up what they count.
type Coordinator struct {
	Link                       // without a URL the coordinator has a NATS server of its own
	Listen       string        // where that listens
	Agents       int           // how many take part
	Wait         time.Duration // how long is waited for them
	Timeout      time.Duration // of silence, after which an agent is taken for gone
	Redistribute bool          // the others take over what an agent that is gone was to send; else the run fails
	Version      string        // of this program, for agents of another one
	Loads        engine.Loads
	Spec         json.RawMessage   // what Agent.Prepare makes the same loads of
	Files        map[string][]byte // that it needs for that
	Log          io.Writer

	silent func(*member) bool // beside the timeout, for tests
}

// Limits of the times.
const (
	MinTimeout = 200 * time.Millisecond
	MaxAgents  = 10_000
)

// Check tells what is wrong with it.
func (c *Coordinator) Check() error {
	switch {
	case c.Agents < 1 || c.Agents > MaxAgents:
		return fmt.Errorf("%d agents: give a number from 1 to %d", c.Agents, MaxAgents)
	case c.Wait <= 0:
		return fmt.Errorf("a wait of %v for agents: give a time above 0, such as 30s", c.Wait)
	case c.Timeout < MinTimeout:
		return fmt.Errorf("an agent-timeout of %v: give one from %v on, such as 5s", c.Timeout, MinTimeout)
	}
	if _, err := c.Loads.Deal(c.Agents); err != nil {
		return err
	}
	return c.Link.Check()
}

// LostError tells that agents were lost while they ran, and the run has failed for that.
type LostError struct{ Names []string }

// Error implements error.
func (e *LostError) Error() string {
	if len(e.Names) == 1 {
		return "agent " + e.Names[0] + " was lost"
	}
	return "agents " + strings.Join(e.Names, ", ") + " were lost"
}

// UsageError tells that what was asked for cannot be.
type UsageError struct{ error }

// Unwrap returns what it is.
func (e *UsageError) Unwrap() error { return e.error }

// Run runs the loads and blocks until they are over, or agents have been told to end since ctx is done, which is no error. The
// report is complete but for its Machine and Doubts. With a *LostError comes a report of what there is; with any
// other error there is none.
func (c *Coordinator) Run(ctx context.Context) (*stats.Report, error) {
	if err := c.Check(); err != nil {
		return nil, &UsageError{err}
	}
	nc, own, err := c.join()
	if err != nil {
		return nil, err
	}
	r := &run{c: c, nc: nc, id: rand.Text(), events: make(chan func(), 64), over: make(chan struct{}), merger: newMerger(c.Loads)}
	defer func() {
		r.leave()
		nc.Close()
		if own != nil {
			own.Shutdown()
		}
	}()
	return r.coordinate(ctx)
}

// join connects to the NATS server, or to one of its own, and says what agents are to be told then.
func (c *Coordinator) join() (nc *nats.Conn, own *server.Server, err error) {
	link := c.Link
	var more []nats.Option
	if c.URL == "" {
		if own, link, err = serve(c.Listen, c.Link); err != nil {
			return nil, nil, &UsageError{err}
		}
		more = append(more, nats.InProcessServer(own))
		ca := ""
		if c.Cert != "" {
			ca = " --nats-ca FILE"
		}
		if c.CA != "" {
			ca += " --nats-cert FILE --nats-key FILE"
		}
		fmt.Fprintf(c.Log, "waiting for %s; on each machine: loadgen agent --nats %s --nats-token %s%s\n", plural(c.Agents, "agent"), link.URL, link.Token, ca)
		link.CA, link.Cert, link.Key = "", "", "" // nothing leaves this process
		link.URL = "nats://in.process"
	}
	if nc, _, err = link.connect("run", more...); err != nil {
		if own != nil {
			own.Shutdown()
		}
		return nil, nil, err
	}
	return nc, own, nil
}

// coordinate goes through the states of a run.
func (r *run) coordinate(ctx context.Context) (*stats.Report, error) {
	for subject, take := range map[string]nats.MsgHandler{toRun + r.id: r.read, toRun + r.id + beats: r.beat} {
		sub, err := r.nc.Subscribe(subject, take)
		if err != nil {
			return nil, err
		}
		_ = sub.SetPendingLimits(-1, -1)
	}
	if err := r.gather(ctx); err != nil {
		return nil, err
	}
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	if err := r.compare(ctx); err != nil {
		return nil, err
	}
	r.begin()
	err := r.until(ctx, r.isOver)
	if err != nil && ctx.Err() != nil {
		r.interrupted = true
		r.stop()
		err = r.until(context.Background(), r.isOver) // who does not end is silent at some time
	}
	if err != nil {
		r.stop()
		return nil, err
	}
	return r.result()
}

// gather waits for as many agents as are wanted.
func (r *run) gather(ctx context.Context) error {
	limit := time.Now().Add(r.c.Wait)
	var late error
	err := r.until(ctx, func() bool {
		if r.count(claimed) == r.c.Agents {
			return true
		}
		if time.Now().After(limit) {
			late = r.tooFew()
			return true
		}
		return false
	})
	return errors.Join(late, started(err))
}

// started is what is said of an interrupt before the start.
func started(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted before the run began")
	}
	return err
}

// tooFew tells who has come, and who could not be taken.
func (r *run) tooFew() error {
	var names []string
	for _, m := range r.members {
		if m.state == claimed {
			names = append(names, m.name)
		}
	}
	text := fmt.Sprintf("%d of %s came within %v", len(names), plural(r.c.Agents, "agent"), r.c.Wait)
	if len(names) > 0 {
		text += ": " + strings.Join(names, ", ")
	}
	for _, reason := range r.refused {
		text += "; " + reason
	}
	return fmt.Errorf("%s; start more, or wait longer (--agents-wait)", text)
}

// prepare sends the job, and waits until all agents have all they need for it.
func (r *run) prepare(ctx context.Context) error {
	portions, err := r.c.Loads.Deal(r.c.Agents)
	if err != nil {
		return err
	}
	r.isComplete = true
	work := job{Spec: r.c.Spec}
	for name, content := range r.c.Files {
		work.Files = append(work.Files, file{name, len(content)})
	}
	for i, m := range r.active() {
		m.portions = [][]engine.Portion{portions[i]}
		work.Portions = portions[i]
		r.ask(m, "job", work, nil, func(err error) { r.fail(m, err) })
	}
	return started(r.until(ctx, func() bool { return r.count(prepared) == r.c.Agents }))
}

// compare estimates how far the agents' clocks are from this one's.
func (r *run) compare(ctx context.Context) error {
	for _, m := range r.active() {
		r.probe(m, nil)
	}
	return started(r.until(ctx, func() bool { return r.count(compared) == r.c.Agents }))
}

func (r *run) probe(m *member, all []exchange) {
	var other reading
	before := clock()
	r.ask(m, "probe", nil, &other, func(err error) {
		if err != nil {
			r.fail(m, err)
			return
		}
		all = append(all, exchange{before, m.answered, other})
		if len(all) < exchanges {
			r.probe(m, all)
			return
		}
		m.offset, m.state = estimate(all), compared
	})
}

// lead is how far the start lies ahead: long enough for all to hear of it.
func (r *run) lead() time.Duration {
	lead := 100 * time.Millisecond
	for _, m := range r.members {
		lead = max(lead, 10*m.offset.off)
	}
	return lead
}

// begin tells all when to begin.
func (r *run) begin() {
	r.start = clock().Clock + r.lead()
	for _, m := range r.active() {
		m.state = running
		r.ask(m, "start", start{r.start + m.offset.clock}, nil, func(err error) {
			if err != nil {
				r.lose(m, err.Error())
			}
		})
	}
}

// now is the time since the begin of the load.
func (r *run) now() time.Duration { return clock().Clock - r.start }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
