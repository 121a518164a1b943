package agents

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// dying runs a load on three agents, of which b dies when the first interval is over: its connection breaks, and after that it is
// silent. How long that takes to be seen is up to another test.
func dying(t *testing.T, spec string, redistribute bool) (told *log, over <-chan outcome) {
	t.Helper()
	var b atomic.Pointer[serving]
	var isDead atomic.Bool
	to, told, over := coordinate(t, t.Context(), spec, func(c *Coordinator) {
		c.Redistribute = redistribute
		c.silent = func(m *member) bool { return m.name == "b" && isDead.Load() }
		c.Loads[0].Each = func(*stats.Interval, *stats.Report) {
			if s := b.Load(); s != nil && !isDead.Load() {
				s.agent.nc.Close()
				<-s.done
				isDead.Store(true)
			}
		}
	})
	b.Store(newAgents(t, to, 3)[1])
	return told, over
}

// The others take over what an agent that died was to send: each request of the schedule is sent, or known not to be.
func TestAgentDiesAndOthersTakeItsShare(t *testing.T) {
	t.Parallel()
	told, over := dying(t, fmt.Sprintf(`{"URL":%q,"Rate":1000,"Requests":3000}`, echo(t)), true) // 3 s, of which a machine may be busy most
	o := <-over
	if o.err != nil {
		t.Fatal(o.err)
	}
	r := o.report
	if r.Rate.Begun+r.Rate.Unsent != 3000 || r.Rate.Begun > r.Requests+2 || r.Rate.Unsent == 0 || r.Rate.Unsent > 1000 || r.Interrupted {
		t.Errorf("%d requests, %+v: not each of 3000 is accounted for", r.Requests, r.Rate)
	}
	connections := 0
	for _, a := range r.Agents {
		if want := map[bool]string{true: "lost", false: "finished"}[a.Name == "b"]; a.State != want {
			t.Errorf("agent %+v, want %s", a, want)
		}
		if a.Name != "b" {
			connections += a.Connections
		} else if a.Requests == 0 || a.Requests > 1000 || a.LostAt <= 0 || a.Why == "" {
			t.Errorf("agent %+v", a)
		}
	}
	if connections != 6 {
		t.Errorf("%d connections of those that are left, want all 6", connections)
	}
	told.wait(t, "agent b is gone: .*; 2 others take its share")
}

// When all are lost the run has lasted until then: what was due and is not known to be sent is told for that time.
func TestAllAgentsAreLost(t *testing.T) {
	c := &engine.Config{Duration: time.Minute, Warmup: time.Second}
	c.Load.Stages = engine.Constant(1000)
	for _, x := range []struct{ lostAt, want time.Duration }{{3 * time.Second, 3 * time.Second}, {time.Hour, time.Minute}} {
		r := &run{c: &Coordinator{Loads: engine.Loads{c}}, merger: newMerger(engine.Loads{c}), unsent: 2000, lost: []string{"a"}}
		r.members = []*member{{name: "a", state: gone, lostAt: x.lostAt, tally: tally{through: time.Second}}}
		report, err := r.result()
		if err == nil || report.Duration != int64(x.want) || report.Rate.Asked != 1000 || report.Rate.Unsent != 2000 {
			t.Errorf("lost at %v: %v, %+v, %v", x.lostAt, time.Duration(report.Duration), report.Rate, err)
		}
		var text strings.Builder
		if err := report.WriteText(&text); err != nil || !strings.Contains(text.String(), "; 2000 not sent before the end, or as an agent was lost. ") {
			t.Errorf("%v:\n%s", err, &text)
		}
	}
}

// Of an agent that is lost as the run ends, only what was due until then is missed.
func TestAgentIsLostAfterTheEnd(t *testing.T) {
	c := &engine.Config{Connections: 1, Duration: time.Minute}
	c.Load.Stages = engine.Constant(1000)
	r := &run{c: &Coordinator{Loads: engine.Loads{c}, Log: newLog()}, merger: newMerger(engine.Loads{c}), isStopping: true, stopped: time.Second}
	portions, err := r.c.Loads.Deal(1)
	if err != nil {
		t.Fatal(err)
	}
	m := &member{name: "a", state: gone, portions: portions, tally: tally{taken: 900, through: 900 * time.Millisecond}}
	r.members = []*member{m}
	r.start = clock().Clock - 10*time.Second
	r.bequeath(m)
	if report, err := r.result(); err == nil || m.lostAt < 10*time.Second || report.Duration != int64(time.Second) || report.Rate.Unsent != 100 {
		t.Errorf("%v, %+v in %v, lost after %v", err, report.Rate, time.Duration(report.Duration), m.lostAt)
	}
}

// What an agent has taken of an open load is what had a time of its own: no further steps, and nothing of a closed load beside it. Of
// a number of iterations it is those that are over.
func TestWhatAnAgentHasTakenOfScenarios(t *testing.T) {
	steps := &engine.Scenario{Steps: make([]engine.Step, 3)}
	open, closed := &engine.Config{Scenario: steps}, &engine.Config{Scenario: steps, Requests: 100}
	open.Load.Stages = engine.Constant(10)
	for name, x := range map[string]struct {
		loads engine.Loads
		want  uint64
	}{
		"open": {engine.Loads{open}, 4}, "open and closed": {engine.Loads{open, closed}, 4}, "closed": {engine.Loads{closed}, 3}, "requests": {engine.Loads{{}}, 9},
	} {
		s := stats.NewShard(x.loads.AreOpen())
		if x.loads.AreOpen() {
			for n := range uint64(3) {
				s.Began(stats.Arrival{N: n})
			}
			s.Shed()
		}
		s.Sent(9)
		if x.loads[0].Scenario != nil {
			s.Iteration(1, time.Second)
			s.Iteration(1, time.Second)
			s.EndedEarly(1)
			s.Iteration(5, time.Second) // of another scenario
		}
		r := &run{c: &Coordinator{Loads: x.loads}, merger: newMerger(x.loads)}
		m := &member{state: running, pulse: newPulse()}
		r.members = []*member{m}
		if err := r.taken(&nats.Msg{}, m, &request{Kind: "piece"}, &piece{Number: 1, Counts: stats.Merge(s)}); err != nil || m.tally.taken != x.want {
			t.Errorf("%s: %d are taken, want %d; %v", name, m.tally.taken, x.want, err)
		}
	}
}

// A closed load makes as many requests as were asked for, whoever dies.
func TestAgentDiesInAClosedLoad(t *testing.T) {
	t.Parallel()
	_, over := dying(t, fmt.Sprintf(`{"URL":%q,"Requests":1500,"Think":2000000}`, echo(t)), true)
	if o := <-over; o.err != nil || o.report.Requests < 1500-6 || o.report.Requests > 1500 {
		t.Errorf("%+v, %v", o.report, o.err)
	}
}

// Without that the run ends when an agent dies, and has a report of what there is.
func TestAgentDiesAndTheRunFails(t *testing.T) {
	t.Parallel()
	told, over := dying(t, fmt.Sprintf(endless, echo(t)), false)
	o := <-over
	var lost *LostError
	if !errors.As(o.err, &lost) || o.err.Error() != "agent b was lost" || o.report == nil || !o.report.Interrupted || o.report.Requests == 0 {
		t.Errorf("%+v, %v", o.report, o.err)
	}
	told.wait(t, "agent b is gone")
}

// An agent that is told to end reports what it has counted, and its share is taken over at once. The last one has nobody to leave it to.
func TestAgentIsToldToEnd(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 1)
	to, told, over := coordinate(t, t.Context(), fmt.Sprintf(endless, echo(t)), func(c *Coordinator) {
		c.Redistribute, c.Agents = true, 2
		c.Loads[0].Each = func(*stats.Interval, *stats.Report) {
			select {
			case begun <- struct{}{}:
			default:
			}
		}
	})
	agents := newAgents(t, to, 2)
	<-begun
	for i, a := range agents {
		a.stop()
		if <-a.done; a.err != nil {
			t.Errorf("agent %d ends with %v", i, a.err)
		}
		a.log.wait(t, "the run is over")
	}
	told.wait(t, "agent a is gone: it was told to end; b takes its share\n(.*\n)*agent b is gone: it was told to end; nobody runs who could take its share")
	o := <-over
	if o.err == nil || o.err.Error() != "agent b was lost" || o.report.Requests == 0 || len(o.report.Agents) != 2 {
		t.Errorf("%+v, %v", o.report, o.err)
	}
}

// Who has taken over what one agent left takes over what the next one leaves, too, with what that had of the first.
func TestOneAgentAfterAnotherIsToldToEnd(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 1)
	to, told, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Requests":6000,"Think":2000000}`, echo(t)), func(c *Coordinator) {
		c.Redistribute = true
		c.Loads[0].Each = func(*stats.Interval, *stats.Report) {
			select {
			case begun <- struct{}{}:
			default:
			}
		}
	})
	agents := newAgents(t, to, 3)
	<-begun
	agents[0].stop()
	told.wait(t, "agent a is gone: it was told to end; 2 others take its share")
	agents[1].stop()
	if o := <-over; o.err != nil || o.report.Requests < 6000-6 || o.report.Requests > 6000 {
		t.Errorf("%+v, %v", o.report, o.err)
	}
	told.wait(t, "agent b is gone: it was told to end; c takes its share")
}

// Silence is what an agent is given up for, and what it sends after that counts for nothing: it is told that it is out.
func TestSilentAgent(t *testing.T) {
	t.Parallel()
	to, _, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Requests":9}`, echo(t)), func(c *Coordinator) { c.Agents, c.Timeout = 1, MinTimeout })
	nc, _, err := to.connect("mute")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	// It takes all there is to take, and says that it is ready, but has no heart.
	isReady := false
	if _, err := nc.Subscribe(toAgent+"mute", func(m *nats.Msg) {
		q := decoded(t, m.Data)
		switch q.Kind {
		case "probe":
			answer(m, clock())
		case "release":
		default:
			answer(m, nil)
		}
		if q.Kind == "job" && !isReady {
			isReady = true
			_ = nc.Publish(toRun+q.Run, encode("ready", q.Run, "mute", ready{}))
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := nc.Subscribe(callSubject, func(m *nats.Msg) {
		q := decoded(t, m.Data)
		_ = nc.Publish(toRun+q.Run, encode("hello", q.Run, "mute", hello{Name: "mute"}))
	}); err != nil {
		t.Fatal(err)
	}
	o := <-over
	if o.err == nil || !strings.Contains(o.err.Error(), "mute") {
		t.Errorf("%+v, %v", o.report, o.err)
	}
}
