package engine

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/draw"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// shop gives tokens, and answers those who have one.
type shop struct {
	*httptest.Server
	lock   sync.Mutex
	tokens map[string]string // of users
	seen   map[string]int
	broken func(path string, n int) bool // whether it hangs up instead of answering
}

func newShop(t *testing.T) *shop {
	s := &shop{tokens: map[string]string{}, seen: map[string]int{}}
	s.Server = newBoth(t, http.HandlerFunc(s.answer))
	return s
}

func (s *shop) answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.lock.Lock()
	defer s.lock.Unlock()
	s.seen[r.URL.Path]++
	if s.broken != nil && s.broken(r.URL.Path, s.seen[r.URL.Path]) {
		panic(http.ErrAbortHandler)
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	user := s.tokens[token]
	switch {
	case r.Method == "POST" && r.URL.Path == "/login":
		token := fmt.Sprintf("t/%d \"x\"", len(s.tokens))
		s.tokens[token] = string(body)
		w.Header().Set("Set-Cookie", "sid=abc123; Path=/")
		_, _ = fmt.Fprintf(w, `{"token": %q, "n": 12}`, token)
	case user == "" || r.Header.Get("Cookie") != "sid=abc123":
		w.WriteHeader(401)
	case r.URL.Path == "/items":
		_, _ = fmt.Fprintf(w, `{"items": [{"id": "a b/%s"}, {"id": null}], "next": "/items?page=2"}`, user)
	case r.URL.Path == "/items/a b/"+user:
		w.Header().Set("X-Price", "7")
	default:
		w.WriteHeader(404)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func bought() *Scenario {
	auth := []string{"Authorization: Bearer {{token}}", "Cookie: sid={{session}}"}
	return &Scenario{
		Name:      "buy",
		Variables: []Variable{{"prefix", "/items"}, {"user", "u{{counter}}"}},
		Steps: []Step{
			{Name: "login", Method: "POST", Path: "/login", Body: "{{user}}", Extract: []Extract{
				must(ExtractJSON("token", "$.token")), must(ExtractRegexp("session", `sid=(\w+)`, "set-cookie")),
			}},
			{Name: "list", Method: "GET", Path: "{{prefix}}", Headers: auth, Extract: []Extract{
				must(ExtractJSON("id", "$.items[0].id")), must(ExtractJSON("next", `$["next"]`)), must(ExtractJSON("again", "$.items[*].id")),
			}},
			{Name: "item", Method: "GET", Path: "{{prefix}}/{{id}}", Headers: auth, Checks: must(ParseChecks([]string{`header("X-Price") == "7"`})), Extract: []Extract{
				ExtractHeader("price", "x-price"),
			}},
			{Name: "next", Method: "HEAD", Path: "{{raw next}}&price={{price}}", Headers: auth},
		},
	}
}

func TestRunOfAScenario(t *testing.T) { overBoth(t, runOfAScenario) }

func runOfAScenario(t *testing.T, over func(*Config)) {
	for _, isOpen := range []bool{false, true} {
		s := newShop(t)
		c := config(t, s.URL, 30)
		c.Scenario, c.Connections = bought(), 3
		if isOpen {
			c.Load.Stages = Constant(500)
		}
		over(&c)
		r := mustRun(t, t.Context(), newRuntime(t), c)
		if r.Requests != 120 || r.Succeeded != 120 || r.Failed != 0 || r.Connects != 3 || len(r.Scenarios) != 1 {
			t.Fatalf("%d requests, %d succeeded, %d connects, errors %v", r.Requests, r.Succeeded, r.Connects, r.ErrorExamples)
		}
		one := r.Scenarios[0]
		if one.Name != "buy" || one.Iterations != 30 || one.EndedEarly != 0 || one.Duration.P50 <= 0 || len(one.Steps) != 4 {
			t.Errorf("%+v", one)
		}
		for _, step := range one.Steps {
			if step.Requests != 30 || step.Failed != 0 || step.Latency.P50 <= 0 || step.Latency.P50 > one.Duration.Max {
				t.Errorf("%+v", step)
			}
		}
		if isOpen && (r.Rate.Begun != 30 || r.Lag.Histogram.TotalCount() != 30) {
			t.Errorf("iterations, and not steps, have a time: %+v", r.Rate)
		}
		users := map[string]bool{}
		for _, user := range s.tokens {
			users[user] = true
		}
		if len(users) != 30 || s.seen["/items"] != 60 {
			t.Errorf("%d users, saw %v", len(users), s.seen)
		}
	}
}

// A reply without what later steps need ends the iteration; a check that fails does not.
func TestScenarioWhoseReplyLacksSomething(t *testing.T) { overBoth(t, replyLacksSomething) }

func replyLacksSomething(t *testing.T, over func(*Config)) {
	s := newShop(t)
	c := config(t, s.URL, 10)
	c.Scenario, c.Connections = bought(), 2
	c.Scenario.Steps[1].Extract = append(c.Scenario.Steps[1].Extract, must(ExtractJSON("gone", "$.items[1].id")))
	c.Scenario.Steps[0].Checks = must(ParseChecks([]string{"status == 201"}))
	over(&c)
	r := mustRun(t, t.Context(), newRuntime(t), c)
	one := r.Scenarios[0]
	if r.Errors["extract_failed"] != 10 || r.Errors["check_failed"] != 10 || r.Failed != 20 || r.Succeeded != 0 || r.Requests != 20 || r.Connects != 2 {
		t.Errorf("%d requests, %d succeeded, errors %v", r.Requests, r.Succeeded, r.Errors)
	}
	if one.EndedEarly != 10 || one.Iterations != 0 || one.Steps[1].Errors["extract_failed"] != 10 || one.Steps[0].Errors["check_failed"] != 10 || one.Steps[2].Requests != 0 {
		t.Errorf("%+v", one)
	}
	if want := `step list has no $.items[1].id for {{gone}} in its reply (the status is 200`; !strings.Contains(r.ErrorExamples["extract_failed"], want) {
		t.Errorf("%v, want %q", r.ErrorExamples, want)
	}
}

// A reply counts as one failure: with a status that says so, and no token in it either.
func TestReplyFailsOnce(t *testing.T) {
	s := newShop(t)
	c := config(t, s.URL, 8)
	c.Scenario = &Scenario{Steps: []Step{
		{Name: "items", Method: "GET", Path: "/items", Extract: []Extract{must(ExtractJSON("x", "$.x"))}},
	}}
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Requests != 8 || r.Failed != 8 || r.Succeeded != 0 || r.Errors["extract_failed"] != 8 || r.StatusCodes["401"] != 8 {
		t.Errorf("%d requests, errors %v", r.Requests, r.Errors)
	}
}

// A server that hangs up between two steps, or as the next one is sent, ends no iteration; one that does it in the midst of an exchange does.
func TestScenarioWhoseServerHangsUp(t *testing.T) {
	s := newShop(t)
	c := config(t, s.URL, 10)
	c.Scenario = bought()
	c.Scenario.Steps[1].Headers = append(c.Scenario.Steps[1].Headers, "Connection: close")
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Scenarios[0].Iterations != 10 || r.Failed != 0 || r.Connects < 10 {
		t.Errorf("%d connects, %+v, errors %v", r.Connects, r.Scenarios[0], r.ErrorExamples)
	}

	s = newShop(t)
	s.broken = func(path string, n int) bool { return path == "/login" && n == 1 || path == "/items" && n == 3 }
	c = config(t, s.URL, 10)
	c.Scenario = bought()
	r = mustRun(t, t.Context(), newRuntime(t), c)
	one := r.Scenarios[0]
	// The first connection has carried nothing when it breaks. The second has, so the request is sent again.
	if one.EndedEarly != 1 || one.Iterations != 9 || r.Errors["eof"]+r.Errors["reset"] != 1 || r.ClosedIdle != 1 || one.Steps[0].Failed != 1 {
		t.Errorf("closed idle %d, %+v, errors %v", r.ClosedIdle, one, r.ErrorExamples)
	}
}

// A user thinks on the connection that is the user's: another one is not served on it meanwhile.
func TestScenarioThinks(t *testing.T) {
	s := newShop(t)
	c := config(t, s.URL, 4)
	c.Scenario, c.Connections = bought(), 2
	const think = 20 * time.Millisecond
	for i := range c.Scenario.Steps {
		c.Scenario.Steps[i].Think = must(draw.Parse(think.String()))
	}
	r := mustRun(t, t.Context(), newRuntime(t), c)
	one := r.Scenarios[0]
	if low := int64(3 * think * 99 / 100); one.Iterations != 4 || one.Duration.P50 < low || r.Connects != 2 || time.Duration(r.Duration) < 7*think {
		t.Errorf("%d iterations of %v, on %d connections, in %v", one.Iterations, time.Duration(one.Duration.P50), r.Connects, time.Duration(r.Duration))
	}
	// What the end finds under way is told.
	c.Requests, c.Duration = 0, think
	c.Scenario.Steps[0].Think = must(draw.Parse("1h"))
	if one = mustRun(t, t.Context(), newRuntime(t), c).Scenarios[0]; one.Unfinished != 2 || one.Iterations != 0 {
		t.Errorf("%+v", one)
	}
}

func TestScenariosThatCannotBe(t *testing.T) {
	for want, change := range map[string]func(c *Config){
		"has no steps":                          func(c *Config) { c.Scenario.Steps = nil },
		"step login: template {{token}}: it me": func(c *Config) { c.Scenario.Steps[0].Path = "/{{token}}" },
		"variables known here: again, id, next": func(c *Config) { c.Scenario.Steps[3].Path = "/{{frob}}" },
		`"uuid" is no name for a variable: {{u`: func(c *Config) { c.Scenario.Variables[1].Name = "uuid" },
		"variable user: template {{x}}":         func(c *Config) { c.Scenario.Variables[1].Value = "{{x}}" },
		"with one request at a time":            func(c *Config) { c.Pipeline = 2 },
		"a placeholder stands in a value":       func(c *Config) { c.Headers = []string{"{{user}}: x"} },
		"they make no valid request":            func(c *Config) { c.Scenario.Variables[0].Value = "/a b" },
	} {
		c := config(t, "http://h", 1)
		c.Scenario = bought()
		change(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// What a server says cannot break the request that it is put into.
func TestVariablesStayWhereTheyArePut(t *testing.T) {
	const value = "a b\r\nX: y/\x00é\""
	for p, want := range map[place][2]string{
		inPath:   {"a%20b%0D%0AX%3A%20y%2F%00%C3%A9%22", "a%20b%0D%0AX:%20y/%00%C3%A9\""},
		inHeader: {"a b  X: y/ é\"", "a b  X: y/ é\""},
		inBody:   {value, value},
	} {
		if got, raw := string(p.append(nil, value)), string(p.appendRaw(nil, value)); got != want[0] || raw != want[1] {
			t.Errorf("place %d: %q and %q, want %q", p, got, raw, want)
		}
	}
}

// newSteps is a connection whose replies are put in by hand.
func newSteps(t testing.TB, c *Config) func(reply []byte) {
	plan, err := c.clientPlan()
	if err != nil {
		t.Fatal(err)
	}
	p, _ := plan.connection(0)
	s := p.(stepper)
	shard := stats.NewShard(false)
	return func(reply []byte) {
		i, _ := s.step()
		p.next(1)
		p.expect(true)
		n, got, err := p.feed(reply)
		if n != len(reply) || got != answered || err != nil {
			t.Fatalf("took %d of %d bytes, %d, %v", n, len(reply), got, err)
		}
		shard.Record(stats.Exchange{Latency: time.Millisecond, Status: 200, Lane: stats.Lane(2 + i)})
		if _, end := s.advance(nil); end == completed {
			shard.Iteration(1, time.Millisecond)
		}
	}
}

func threeSteps() *Scenario {
	return &Scenario{
		Variables: []Variable{{"user", "u{{counter}}"}},
		Steps: []Step{
			{Method: "POST", Path: "/login", Body: `{"user":"{{user}}"}`, Extract: []Extract{must(ExtractJSON("token", "$.token")), ExtractHeader("type", "Content-Type")}},
			{Method: "GET", Path: "/items?page={{random 1 9}}", Headers: []string{"Authorization: Bearer {{token}}"}},
			{Method: "GET", Path: "/items/{{user}}", Headers: []string{"Authorization: Bearer {{token}}", "X-Type: {{type}}"}, Checks: must(ParseChecks([]string{"status == 200"}))},
		},
	}
}

var tokenReply = []byte("HTTP/1.1 200 OK\r\nDate: x\r\nContent-Type: application/json\r\nContent-Length: 44\r\n\r\n" + `{"id": 12, "token": "0123456789abcdef", "a":1`[:43] + "}")

// Steps allocate nothing: extraction by a path of names, or of a field, included.
func TestStepsDoNotAllocate(t *testing.T) {
	c := config(t, "http://h", 1)
	c.Scenario = threeSteps()
	step := newSteps(t, &c)
	for range 30 {
		step(tokenReply)
	}
	iteration := func() {
		for range c.Scenario.Steps {
			step(tokenReply)
		}
	}
	if n := testing.AllocsPerRun(100, iteration); n != 0 {
		t.Errorf("%g allocations an iteration", n)
	}
}

// BenchmarkStep is what a step costs, by itself, and the same request by flags: what is put together, taken apart and counted.
func BenchmarkStep(b *testing.B) {
	b.Run("scenario", func(b *testing.B) {
		c := &Config{Target: Target{Protocol: HTTP, Host: "h", Path: "/"}, Method: "GET", Scenario: threeSteps()}
		step := newSteps(b, c)
		b.ReportAllocs()
		for b.Loop() {
			step(tokenReply)
		}
	})
	b.Run("flags", func(b *testing.B) {
		c := &Config{Target: Target{Protocol: HTTP, Host: "h", Path: "/login"}, Method: "POST", Body: `{"user":"u12345"}`}
		plan, err := c.clientPlan()
		if err != nil {
			b.Fatal(err)
		}
		p, _ := plan.connection(0)
		shard := stats.NewShard(false)
		b.ReportAllocs()
		for b.Loop() {
			p.next(1)
			p.expect(true)
			if _, got, err := p.feed(tokenReply); got != answered || err != nil {
				b.Fatal(err)
			}
			shard.Record(stats.Exchange{Latency: time.Millisecond, Status: 200})
		}
	})
}
