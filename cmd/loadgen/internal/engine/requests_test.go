package engine

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// seen is a server that notes what it is asked.
type seen struct {
	*httptest.Server
	lock  sync.Mutex
	lines map[string]int
}

func newSeen(t *testing.T) *seen {
	s := &seen{lines: map[string]int{}}
	s.Server = newBoth(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.lock.Lock()
		s.lines[r.URL.RequestURI()+" "+r.Header.Get("X-A")+" "+string(body)]++
		s.lock.Unlock()
		w.Header().Set("X-Answer", "yes")
		if r.URL.Path == "/missing" {
			w.WriteHeader(404)
		}
		_, _ = io.WriteString(w, "the answer to "+r.URL.Path)
	}))
	return s
}

// newBoth serves HTTP/1.1 and HTTP/2 without TLS.
func newBoth(t *testing.T, h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// overBoth calls test with what makes a configuration one of HTTP/1.1, and one of HTTP/2.
func overBoth(t *testing.T, test func(t *testing.T, over func(*Config))) {
	t.Run("HTTP1", func(t *testing.T) { test(t, func(*Config) {}) })
	t.Run("HTTP2", func(t *testing.T) {
		test(t, func(c *Config) {
			var err error
			if c.Target, err = c.Target.WithHTTP2(); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestRunFillsTemplatesIn(t *testing.T) { overBoth(t, runFillsTemplatesIn) }

func runFillsTemplatesIn(t *testing.T, over func(*Config)) {
	s := newSeen(t)
	feed, err := ReadFeed("users.csv", strings.NewReader("\ufeffname,word\nada,\"a b\"\nbob,c\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := config(t, s.URL+"/u/{{csv name}}?n={{counter 10}}&w={{csv word}}", 4)
	c.Feed, c.Method, c.Headers = feed, "PUT", []string{"X-A: {{csv word}}"}
	c.Body = "{{csv name}} {{random 7 7}}"
	over(&c)
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 4 || r.Failed != 0 {
		t.Fatalf("errors %v", r.ErrorExamples)
	}
	for _, want := range []string{"/u/ada?n=10&w=a%20b a b ada 7", "/u/bob?n=11&w=c c bob 7", "/u/ada?n=12&w=a%20b a b ada 7", "/u/bob?n=13&w=c c bob 7"} {
		if s.lines[want] != 1 {
			t.Errorf("%q is missing in %v", want, s.lines)
		}
	}
	c = config(t, s.URL+"/{{uuid}}", 50)
	c.Connections, c.Pipeline = 3, 4
	over(&c)
	clear(s.lines)
	mustRun(t, t.Context(), newRuntime(t), c)
	uuid := regexp.MustCompile(`^/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} `)
	if len(s.lines) != 50 {
		t.Errorf("%d of 50 differ", len(s.lines))
	}
	for line := range s.lines {
		if !uuid.MatchString(line) {
			t.Errorf("%q", line)
		}
	}
}

func TestRunWeighsRoutes(t *testing.T) { overBoth(t, runWeighsRoutes) }

func runWeighsRoutes(t *testing.T, over func(*Config)) {
	s := newSeen(t)
	c := config(t, s.URL, 1000)
	routes, err := ReadRoutes("urls", strings.NewReader("# weights\n/a 3\n\n"+s.URL+"/b?x={{random 1 1}}\n"+s.URL+"\n"), &c.Target)
	if err != nil {
		t.Fatal(err)
	}
	c.Routes, c.Connections = routes, 3
	over(&c)
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 1000 {
		t.Fatalf("errors %v", r.ErrorExamples)
	}
	a, b, root := s.lines["/a  "], s.lines["/b?x=1  "], s.lines["/  "]
	if a+b+root != 1000 || a < 500 || a > 700 || b < 130 || b > 270 {
		t.Errorf("%d, %d and %d of 3, 1 and 1", a, b, root)
	}
}

func TestRunChecksReplies(t *testing.T) { overBoth(t, runChecksReplies) }

func runChecksReplies(t *testing.T, over func(*Config)) {
	s := newSeen(t)
	for check, fails := range map[string]bool{
		`status == 200`: false, `status == 201`: true, `body contains "answer"`: false, `body contains "question"`: true,
		`header("x-answer") == "yes"`: false, `header("X-Other") == ""`: false, `header("x-answer") startsWith "n"`: true,
		`size == 15`: false, `size > 100`: true, `fromJSON(body).a == 1`: true,
	} {
		c := config(t, s.URL+"/", 6)
		var err error
		if c.Checks, err = ParseChecks([]string{"status < 500", check}); err != nil {
			t.Fatal(err)
		}
		c.Pipeline = 2
		over(&c)
		r := mustRun(t, t.Context(), newRuntime(t), c)
		want := uint64(0)
		if fails {
			want = 6
		}
		if r.Requests != 6 || r.Errors["check_failed"] != want || r.Succeeded != 6-want || r.Connects != 1 {
			t.Errorf("%s: %d requests, %d succeeded, %d connects, errors %v", check, r.Requests, r.Succeeded, r.Connects, r.ErrorExamples)
		}
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		"{{frob}}": "it means nothing; accepted are {{counter}}", "{{}}": "nothing in it", "{{csv a}}": "there is no --feed FILE",
		"{{random 1}}": "means nothing", "{{random 6 1}}": "means nothing", "{{counter x}}": "means nothing", "{{uuid": "}} is missing",
	} {
		c := config(t, "http://h/"+text, 1)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		c.Literal = true
		c.Target.Path = "/"
		c.Body = text
		if err := c.Check(); err != nil {
			t.Errorf("%q as it is: %v", text, err)
		}
	}
	target := config(t, "http://h:1/", 1).Target
	for text, want := range map[string]string{
		"": "there is no path in it", "/a x": `line 1: "x" is no weight`, "/a -1": "is no weight", "http://other/": "neither a path nor a URL of http://h:1",
		"/\nhttp://h:12/": "line 2", "a": "neither a path",
	} {
		if _, err := ReadRoutes("urls", strings.NewReader(text), &target); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "names of the columns", "a\n": "at least one line more", "a,b\n1\n": "wrong number of fields", "a\n\"x\ny\"\n": "row 1, a: a line end",
	} {
		if _, err := ReadFeed("f.csv", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for _, text := range []string{"status", "stat == 1", "status ==", `header(1) == ""`} {
		if _, err := ParseChecks([]string{text}); err == nil || !strings.Contains(err.Error(), "give a condition on status") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzTemplates(f *testing.F) {
	f.Add("/a{{counter}}/{{random 1 2}}", "X: {{uuid}}", "{{csv a}}")
	f.Add("/mAgPiE0mAgPiE", "A: b", "{{")
	feed := &Feed{"f", []string{"a"}, [][]string{{"x y"}}}
	f.Fuzz(func(t *testing.T, path, header, body string) {
		c := &Config{Target: Target{Protocol: HTTP, Host: "h", Path: path}, Method: "PUT", Headers: []string{header}, Body: body, Feed: feed}
		v, err := c.variants()
		if err != nil {
			return
		}
		one := newVaried(v, c, 1)
		p, sizes := one.next(2)
		if sizes[0]+sizes[1] != len(p) || !strings.HasPrefix(string(p), "PUT ") {
			t.Errorf("%v: %q", sizes, p)
		}
	})
}

// What is the same each time costs nothing more for what could differ, and what differs is put together without allocating.
func BenchmarkRequest(b *testing.B) {
	for _, path := range []string{"/", "/{{counter}}/{{random 1 1000}}?id={{uuid}}"} {
		b.Run(path, func(b *testing.B) {
			c := &Config{Target: Target{Protocol: HTTP, Host: "h", Path: path}, Method: "GET"}
			plan, err := c.clientPlan()
			if err != nil {
				b.Fatal(err)
			}
			p, _ := plan.connection(0)
			b.ReportAllocs()
			for b.Loop() {
				p.next(1)
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	checks, err := ParseChecks([]string{`status == 200 && body contains "World" && header("Content-Type") == "text/plain"`})
	if err != nil {
		b.Fatal(err)
	}
	c := newChecker(checks)
	head := []byte("HTTP/1.1 200 OK\r\nDate: x\r\nServer: y\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!")
	b.ReportAllocs()
	for b.Loop() {
		c.reset()
		c.took(head)
		c.sink(head[len(head)-13:])
		if err := c.verdict(200, 13); err != nil {
			b.Fatal(err)
		}
	}
}
