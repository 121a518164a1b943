package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo serves what comes back, until the test ends.
func echo(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		served.Wait()
	})
	served.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer c.Close()
				var b [4096]byte
				for {
					n, err := c.Read(b[:])
					if err != nil {
						return
					}
					if _, err := c.Write(b[:n]); err != nil {
						return
					}
				}
			})
		}
	})
	return "tcp://" + l.Addr().String()
}

// loads makes loads as the command line would.
func loads(spec json.RawMessage, files map[string][]byte) (engine.Loads, int, error) {
	var s struct {
		URL      string
		Rate     float64
		Requests uint64
		Duration time.Duration
		Think    time.Duration
	}
	if err := json.Unmarshal(spec, &s); err != nil {
		return nil, 0, err
	}
	if content, ok := files["bad"]; ok {
		return nil, 0, fmt.Errorf("a bad file of %d bytes that begins with %q", len(content), content[:3])
	}
	target, err := engine.ParseTarget(s.URL)
	if err != nil {
		return nil, 0, err
	}
	c := engine.Config{
		Target: target, Connections: 6, Timeout: 5 * time.Second, Size: 64, Method: "GET", Pipeline: 1,
		Requests: s.Requests, Duration: s.Duration, Think: s.Think, Interval: 250 * time.Millisecond,
	}
	if s.Rate > 0 {
		c.Load.Stages = engine.Constant(s.Rate)
	}
	return engine.LoadsOf(c), 1, c.Check()
}

// log is written to by one goroutine and read by another.
type log struct {
	lock sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func newLog() *log { return &log{grew: make(chan struct{}, 1)} }

func (l *log) Write(p []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	select {
	case l.grew <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *log) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}

// wait waits until something is written that matches.
func (l *log) wait(t *testing.T, pattern string) []string {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(l.String()); m != nil {
			return m
		}
		select {
		case <-l.grew:
		case <-limit:
			t.Fatalf("%q did not come:\n%s", pattern, l)
		}
	}
}

// decoded reads a message.
func decoded(t *testing.T, data []byte) (q request) {
	if err := json.Unmarshal(data, &q); err != nil {
		t.Error(err)
	}
	return q
}

// endless is a load that has to be ended, and is no burden until then.
const endless = `{"URL":%q,"Duration":3600000000000,"Think":5000000}`

// outcome is what a run came to.
type outcome struct {
	report *stats.Report
	err    error
}

// coordinate runs a coordinator, with a NATS server of its own unless it is given another.
func coordinate(t *testing.T, ctx context.Context, spec string, change func(*Coordinator)) (to Link, told *log, over <-chan outcome) {
	t.Helper()
	c := &Coordinator{
		Listen: "127.0.0.1:0", Agents: 3, Wait: 20 * time.Second, Timeout: 30 * time.Second, Version: "test", Spec: json.RawMessage(spec), Log: newLog(),
	}
	var err error
	if c.Loads, _, err = loads(c.Spec, nil); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(c)
	}
	ended := make(chan outcome, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r, err := c.Run(ctx)
		ended <- outcome{r, err}
	}()
	t.Cleanup(func() { <-done })
	if c.URL != "" {
		return c.Link, c.Log.(*log), ended
	}
	m := c.Log.(*log).wait(t, `--nats (\S+) --nats-token (\S+)`)
	return Link{URL: m[1], Token: m[2]}, c.Log.(*log), ended
}

// serving is an agent that serves.
type serving struct {
	agent *Agent
	log   *log
	stop  context.CancelFunc
	err   error
	done  chan struct{}
}

func newAgent(t *testing.T, to Link, name string) *serving {
	ctx, cancel := context.WithCancel(context.Background())
	s := &serving{log: newLog(), stop: cancel, done: make(chan struct{})}
	a := &Agent{Link: to, Name: name, Version: "test", Prepare: loads, Admit: func(int) error { return nil }, Log: s.log}
	s.agent = a
	go func() {
		defer close(s.done)
		s.err = a.Serve(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-s.done
	})
	return s
}

func newAgents(t *testing.T, to Link, n int) (all []*serving) {
	for i := range n {
		all = append(all, newAgent(t, to, string(rune('a'+i))))
	}
	return all
}

// A run on three agents is the run on one machine: each request once, and what was counted adds up. They can be used again.
func TestRunOnAgents(t *testing.T) {
	t.Parallel()
	url := echo(t)
	spec := fmt.Sprintf(`{"URL":%q,"Rate":3000,"Requests":1000}`, url)
	var each []*stats.Interval
	to, _, over := coordinate(t, t.Context(), spec, func(c *Coordinator) {
		c.Loads[0].Each = func(i *stats.Interval, _ *stats.Report) { each = append(each, i) }
	})
	agents := newAgents(t, to, 3)
	o := <-over
	if o.err != nil {
		t.Fatal(o.err)
	}
	r := o.report
	if r.Succeeded != 1000 || r.Rate.Begun != 1000 || r.Latency.Histogram.TotalCount() != 1000 || r.Connects != 6 || r.Connections != 6 || r.Failed != 0 || r.Interrupted {
		t.Errorf("%d requests, %+v, %d connections, %d failed", r.Succeeded, r.Rate, r.Connects, r.Failed)
	}
	var inSeries, ofAgents uint64
	end := int64(0)
	for n, i := range r.Series {
		if i.Start != end || len(each) <= n || each[n] != i {
			t.Errorf("interval %d begins at %d and the one before ends at %d, or was not told", n, i.Start, end)
		}
		end = i.Start + i.Length
		inSeries += i.Completed
	}
	names := ""
	for _, a := range r.Agents {
		ofAgents += a.Requests
		names += a.Name
		if a.State != "finished" || a.Connections != 2 || a.Requests < 333 || a.OffBy <= 0 || a.OffBy > int64(time.Minute) || a.Machine.Cores == 0 {
			t.Errorf("agent %+v", a)
		}
	}
	if inSeries != 1000 || ofAgents != 1000 || len(r.Agents) != 3 || !strings.ContainsAny(names, "abc") {
		t.Errorf("%d requests in the series, %d of agents %s", inSeries, ofAgents, names)
	}
	if len(r.Gaps) == 0 {
		t.Error("there is no sample of the gaps between requests")
	}
	for _, a := range agents {
		a.log.wait(t, "the run is over;")
	}
}

// A rate and a time make a number, on agents too: none sends what is due as the run ends.
func TestTimeOnAgents(t *testing.T) {
	t.Parallel()
	to, _, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Rate":1000,"Duration":100000000}`, echo(t)), nil)
	newAgents(t, to, 3)
	o := <-over
	if o.err != nil {
		t.Fatal(o.err)
	}
	if r := o.report; r.Rate.Begun+r.Rate.Unsent != 100 || r.Duration != int64(100*time.Millisecond) {
		t.Errorf("%+v in %v", r.Rate, time.Duration(r.Duration))
	}
}

// A closed load of a number of requests is dealt out exactly.
func TestNumberOfRequestsOnAgents(t *testing.T) {
	t.Parallel()
	to, _, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Requests":1001}`, echo(t)), nil)
	newAgents(t, to, 3)
	if o := <-over; o.err != nil || o.report.Succeeded != 1001 || o.report.Connects != 6 {
		t.Errorf("%+v, %v", o.report, o.err)
	}
}

// What agents need for their loads comes to them, however large; what they find wrong with it is told.
func TestFilesReachAgents(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("abc"), sectionSize/2)
	to, _, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Requests":9}`, echo(t)), func(c *Coordinator) {
		c.Agents = 1
		c.Files = map[string][]byte{"bad": content, "empty": nil}
	})
	newAgents(t, to, 1)
	want := fmt.Sprintf(`agent a: a bad file of %d bytes that begins with "abc"`, len(content))
	if o := <-over; o.err == nil || o.err.Error() != want {
		t.Errorf("%v, want %s", o.err, want)
	}
}

// An interrupt ends all agents, and what they counted until then is the report.
func TestInterruptOnAgents(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	begun := make(chan struct{})
	var once sync.Once
	to, _, over := coordinate(t, ctx, fmt.Sprintf(endless, echo(t)), func(c *Coordinator) {
		c.Agents = 2
		c.Loads[0].Each = func(i *stats.Interval, _ *stats.Report) { once.Do(func() { close(begun) }) }
	})
	newAgents(t, to, 2)
	<-begun
	cancel()
	o := <-over
	if o.err != nil || !o.report.Interrupted || o.report.Succeeded == 0 || o.report.Succeeded > 100_000 {
		t.Errorf("%+v, %v", o.report, o.err)
	}
	for _, a := range o.report.Agents {
		if a.State != "finished" {
			t.Errorf("%+v", a)
		}
	}
}

// A goal that is broken ends the run on all agents.
func TestAbortOnAgents(t *testing.T) {
	t.Parallel()
	to, _, over := coordinate(t, t.Context(), fmt.Sprintf(endless, echo(t)), func(c *Coordinator) {
		c.Agents = 2
		c.Loads[0].Stop = func(*stats.Report) []string { return []string{"broken"} }
	})
	newAgents(t, to, 2)
	if o := <-over; o.err != nil || !o.report.Interrupted {
		t.Errorf("%+v, %v", o.report, o.err)
	}
}

// Too few agents are told by name, and why others could not be taken.
func TestTooFewAgents(t *testing.T) {
	t.Parallel()
	_, _, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Requests":9}`, "tcp://127.0.0.1:1"), func(c *Coordinator) { c.Wait = 10 * time.Millisecond })
	if o := <-over; o.err == nil || !strings.HasPrefix(o.err.Error(), "0 of 3 agents came within 10ms; start more") {
		t.Errorf("%v", o.err)
	}
	r := &run{c: &Coordinator{Agents: 3, Wait: time.Minute}, refused: []string{"c is too old"}}
	r.members = []*member{{name: "a", state: claimed}, {name: "b", state: claimed}}
	if err := r.tooFew(); !strings.HasPrefix(err.Error(), "2 of 3 agents came within 1m0s: a, b; c is too old; ") {
		t.Error(err)
	}
}

// An agent of another protocol is refused, both are told why, and another one is taken.
func TestAgentOfAnotherProtocol(t *testing.T) {
	t.Parallel()
	to, told, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Requests":9}`, echo(t)), func(c *Coordinator) { c.Agents = 1 })
	nc, _, err := to.connect("other")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	calls, err := nc.SubscribeSync(callSubject)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := nc.SubscribeSync(toAgent + "other")
	if err != nil {
		t.Fatal(err)
	}
	next := func(s *nats.Subscription) request {
		m, err := s.NextMsg(20 * time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return decoded(t, m.Data)
	}
	q := next(calls)
	q.Protocol, q.Kind, q.From, q.Body = 99, "hello", "other", encoded(hello{Name: "old", Version: "v0"})
	if err := nc.Publish(toRun+q.Run, encoded(q)); err != nil {
		t.Fatal(err)
	}
	const why = "agent old is v0, which speaks protocol 99, and this is test, which speaks 1"
	if q := next(mine); q.Kind != "refuse" || !strings.Contains(string(q.Body), why) {
		t.Errorf("the agent was told %s %s", q.Kind, q.Body)
	}
	told.wait(t, "refused: "+why)
	newAgents(t, to, 1)
	if o := <-over; o.err != nil {
		t.Error(o.err)
	}
}
