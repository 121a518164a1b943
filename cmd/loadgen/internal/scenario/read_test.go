package scenario

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
)

// defaults are those of a run without flags.
func defaults() engine.Config {
	return engine.Config{Connections: 50, Duration: time.Second, Timeout: time.Second, Method: "GET"}
}

func parse(text string, change ...func(*engine.Config)) ([]engine.Config, error) {
	d := defaults()
	for _, f := range change {
		f(&d)
	}
	return Parse("f.yaml", strings.NewReader(text), d, false)
}

// The examples are good, and what they say arrives.
func TestExamples(t *testing.T) {
	configs, err := Read(filepath.Join("..", "..", "examples", "shop.yaml"), defaults(), false)
	if err != nil {
		t.Fatal(err)
	}
	shop := configs[0]
	if len(configs) != 1 || shop.Scenario.Name != "shop" || shop.Connections != 50 || shop.Load.IsOpen() || shop.Feed == nil || len(shop.Scenario.Steps) != 3 {
		t.Errorf("%+v", shop)
	}
	in := shop.Scenario.Steps[0]
	if in.Name != "log in" || in.Method != "POST" || in.Path != "/login" || strings.Join(in.Headers, "|") != "Accept: application/json|Content-Type: application/json" ||
		len(in.Checks) != 1 || len(in.Extract) != 2 || in.Think.IsZero() {
		t.Errorf("%+v", in)
	}
	configs, err = Read(filepath.Join("..", "..", "examples", "mix.yaml"), defaults(), true)
	if err != nil {
		t.Fatal(err)
	}
	look, order := configs[0], configs[1]
	if look.Connections != 50 || !look.Load.Poisson || look.Load.Stages[0].From != 200 || order.Connections != 20 || order.Load.IsOpen() || order.Load.Seed == look.Load.Seed || look.Target.Protocol != engine.HTTP2 {
		t.Errorf("%+v\n%+v", look, order)
	}
	if name := look.Scenario.Steps[0].Name; name != "GET /" {
		t.Errorf("a step without a name is called %q", name)
	}
}

func TestScenariosShareByWeight(t *testing.T) {
	const text = `
target: http://h:1/base
scenarios:
  a: {weight: 3, steps: [path: /]}
  b: {steps: [{path: /b, url: http://h:1/c}]}
  c: {connections: 7, steps: [path: /]}
  d: {rate: 5, weight: 0.01, steps: [{path: /, name: x}, {path: /}, {path: /}]}
`
	configs, err := parse(strings.Replace(text, ", url: http://h:1/c", ", name: b", 1), func(c *engine.Config) {
		c.Connections, c.Load.Stages = 9, engine.Constant(100)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		connections int
		rate        float64
	}{{6, 60}, {2, 20}, {7, 20}, {1, 5}} {
		if c := configs[i]; c.Connections != want.connections || c.Load.Stages[0].From != want.rate {
			t.Errorf("%s: %d connections, a rate of %g, want %+v", c.Scenario.Name, c.Connections, c.Load.Stages[0].From, want)
		}
	}
	if path := configs[1].Scenario.Steps[0].Path; path != "/base/b" {
		t.Errorf("the path below the target's is %s", path)
	}
	if names := configs[3].Scenario.Steps; names[1].Name != "GET /base/" || names[2].Name != "GET /base/ (2)" {
		t.Errorf("%v", names)
	}
	if _, err := parse(text); err == nil || err.Error() != `f.yaml:5:31: both path and url: give one of them` {
		t.Error(err)
	}
	if _, err := parse("target: http://h\nscenarios:\n  a: {steps: [path: /]}\n  b: {steps: [path: /]}", func(c *engine.Config) { c.Connections = 1 }); err == nil ||
		!strings.Contains(err.Error(), "f.yaml:3:6: 1 connections for 2 scenarios: give more (-c)") {
		t.Error(err)
	}
}

// The command line goes before what stands at the top, and a scenario before that.
func TestWhoGoesBeforeWhom(t *testing.T) {
	configs, err := parse(`
target: http://top
headers: {A: top, B: top}
variables: {x: top, y: top}
scenarios:
  one: {steps: [{path: '/{{x}}{{y}}', headers: {a: step}}], variables: {x: one}, headers: {C: [1, 2]}}
  two: {target: 'http://two', steps: [path: '/{{x}}']}
`, func(c *engine.Config) {
		c.Target, _ = engine.ParseTarget("http://flag")
		c.Headers = []string{"b: flag"}
	})
	if err != nil {
		t.Fatal(err)
	}
	if configs[0].Target.URL != "http://flag" || configs[1].Target.URL != "http://two" {
		t.Errorf("%s and %s", configs[0].Target.URL, configs[1].Target.URL)
	}
	if got := strings.Join(configs[0].Scenario.Steps[0].Headers, "|"); got != "B: top|C: 1|C: 2|a: step" {
		t.Errorf("%s", got)
	}
	if got := configs[0].Scenario.Variables; len(got) != 2 || got[0] != (engine.Variable{Name: "y", Value: "top"}) || got[1].Value != "one" {
		t.Errorf("%v", got)
	}
}

// wrong is files that are wrong, and what is said of them. Each is one line, with the place.
var wrong = map[string]string{
	"":                                    `1:1: there is nothing in it; give a target and steps, or scenarios`,
	"steps: [":                            `1:1: it is no YAML: did not find expected node content`,
	"a: b\n c: d":                         `2:1: it is no YAML: mapping values are not allowed in this context`,
	"hello":                               `1:1: a file of scenarios is a map, with names and values`,
	"target: http://h\n":                  `1:1: the scenario has no steps`,
	"target: ftp://h\nsteps: []":          `1:9: target "ftp://h": the scheme "ftp" is not supported; accepted are http`,
	"steps: [path: /]":                    `1:1: the target is missing: give target: http://host:port, or a URL on the command line`,
	"target: http://h\nstep: []":          `2:1: a scenario has no "step": accepted are name, target, headers`,
	"target: http://h\ntarget: http://h":  `2:1: "target" is there twice`,
	"target: http://h\nsteps: /":          `2:8: steps wants a list of steps, each with a path`,
	"target: http://h\nsteps: []":         `2:8: steps wants a list of steps, each with a path`,
	"target: http://h\nsteps: [{}]":       `2:9: the step has no path: give path: /where, or url`,
	"target: http://h\nsteps: [/]":        `2:9: a step is a map, with name, method, path`,
	"target: tcp://h:1\nsteps: [path: /]": `1:1: a scenario is for http:// and https:// targets`,
	"scenarios: {}\ntarget: http://h":     `1:12: there is no scenario`,
	"scenarios: {a: {target: http://h, steps: [{pth: /}]}}": `1:44: a step has no "pth": accepted are name, method, path, url`,
	"scenarios: {a: 1}":                                                                        `1:16: a scenario is a map`,
	"scenarios: {}\nrate: 1":                                                                   `2:1: a file of scenarios has no "rate": accepted are target, headers, variables, feed, think, scenarios`,
	"---\ntarget: http://h\nsteps: [path: /]\n---\n":                                           `a second document follows the first`,
	"target: http://h\nsteps:\n- path: x":                                                      `3:9: "x" is neither a path nor a URL of http://h`,
	"target: http://h\nsteps:\n- url: http://other/":                                           `3:8: "http://other/" is neither a path nor a URL`,
	"target: http://h\nsteps:\n- path: /{{user}}":                                              `3:9: template {{user}}: it means nothing; accepted are {{counter}}`,
	"target: http://h\nsteps:\n- path: /\n  headers:\n    A: '{{b}}'":                          `5:8: template {{b}}: it means nothing`,
	"target: http://h\nsteps:\n- {path: /, body: '{{a'}":                                       `3:19: template "{{a": }} is missing`,
	"target: http://h\nsteps:\n- {path: '/{{t}}'}\n- path: /\n  extract: {t: $.t}":             `3:10: template {{t}}: it means nothing`,
	"target: http://h\nsteps:\n- {path: '/{{csv a}}'}":                                         `3:10: template {{csv a}}: there is no --feed FILE`,
	"target: http://h\nsteps:\n- {path: '/{{random 6 1}}'}":                                    `3:10: template {{random 6 1}}: it means nothing`,
	"target: http://h\nvariables: {a: '{{b}}', b: 1}\nsteps: [path: /]":                        `2:16: template {{b}}: it means nothing`,
	"target: http://h\nvariables: {csv: 1}\nsteps: [path: /]":                                  `2:13: "csv" is no name for a variable: {{csv}} means something else`,
	"target: http://h\nvariables: {a: [1]}\nsteps: [path: /]":                                  `2:16: a wants one value`,
	"target: http://h\nsteps:\n- {path: /, extract: {a b: $.t}}":                               `3:23: "a b" is no name for a variable`,
	"target: http://h\nsteps:\n- path: /\n  extract: {t: token}":                               `4:16: JSON path "token": `,
	"target: http://h\nsteps:\n- path: /\n  extract: {t: {json: '$.a['}}":                      `4:23: JSON path "$.a[": `,
	"target: http://h\nsteps:\n- path: /\n  extract: {t: {regexp: '(a'}}":                      `4:25: error parsing regexp: missing closing ): `,
	"target: http://h\nsteps:\n- path: /\n  extract: {t: {json: $.a, header: b}}":              `4:16: give json, regexp, header, or header and regexp`,
	"target: http://h\nsteps:\n- path: /\n  extract: {t: {header: 'a b'}}":                     `4:25: "a b" is no name of a header's field, such as Location`,
	"target: http://h\nsteps:\n- path: /\n  extract: {t: {xpath: //a}}":                        `4:17: what is extracted has no "xpath": accepted are json, regexp, header`,
	"target: http://h\nsteps:\n- path: /\n  check: stat == 200":                                `4:10: check "stat == 200": unknown name stat`,
	"target: http://h\nsteps:\n- path: /\n  check: [status == 200, {a: b}]":                    `4:26: check wants a text, or a list of them`,
	"target: http://h\nsteps:\n- path: /\n  think: 5":                                          `4:10: think "5": accepted are fixed(5ms), uniform`,
	"target: http://h\nthink: 1sec\nsteps: [path: /]":                                          `2:8: think "1sec": accepted are fixed`,
	"target: http://h\nsteps:\n- path: /\n  method: get":                                       `4:11: method "get": give one in capitals, such as POST`,
	"target: http://h\nsteps:\n- path: /\n  headers: {'A b': c}":                               `3:3: path "/": header "A b: c": give it as 'Name: value'`,
	"target: http://h\nsteps:\n- path: /\n  headers: {Content-Length: 3}":                      `header "Content-Length: 3": it is set by what --body is`,
	"target: http://h\nsteps:\n- path: /a b":                                                   `3:3: path "/a b": `,
	"target: http://h\nsteps:\n- {name: a, path: /}\n- {name: a, path: /}":                     `4:3: there are two steps "a"`,
	"target: http://h\nrate: fast\nsteps: [path: /]":                                           `2:7: rate "fast": give requests a second`,
	"target: http://h\nrate: 0\nsteps: [path: /]":                                              `2:7: a rate of 0`,
	"target: http://h\nrate: 1\nstages: 1/1s\nsteps: [path: /]":                                `3:9: both rate and stages: give one of them`,
	"target: http://h\nstages: 1k\nsteps: [path: /]":                                           `2:9: stage "1k": give RATE/TIME`,
	"target: http://h\narrivals: often\nsteps: [path: /]":                                      `2:11: arrivals "often": accepted are constant and poisson`,
	"target: http://h\narrivals: poisson\nsteps: [path: /]":                                    `1:1: arrivals, burst and deadline are for a load that has a rate`,
	"target: http://h\nburst: x\nsteps: [path: /]":                                             `2:8: a burst of "x": give a number above 0`,
	"target: http://h\ndeadline: 1\nsteps: [path: /]":                                          `2:11: a deadline of "1": give a time above 0`,
	"target: http://h\nconnections: 0\nsteps: [path: /]":                                       `2:14: connections "0": give a number from 1`,
	"target: http://h\nscenarios: {a: {weight: -1}}":                                           `2:25: weight "-1": give a number above 0`,
	"target: http://h\nscenarios: {a: {weight: 1, rate: 1, connections: 1, steps: [path: /]}}": `2:25: a weight is the share of what scenarios have together`,
	"target: http://h\nfeed: none.csv\nsteps: [path: /]":                                       `2:7: open none.csv`,
	"a: &a {target: http://h, steps: [{path: /, bdy: *a}]}":                                    `1:1: a scenario has no "a"`,
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	for text, want := range wrong {
		_, err := parse(text)
		switch {
		case err == nil:
			t.Errorf("%q is taken, want %q", text, want)
		case !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "f.yaml:") || strings.Contains(err.Error(), "\n"):
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// The files that the documentation shows are those of the examples.
func TestDocumentationShowsTheExamples(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "loadgen.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`\r\n`)
	for _, name := range []string{"shop.yaml", "mix.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "examples", name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(lines.ReplaceAllString(string(doc), "\n"), "```yaml\n"+lines.ReplaceAllString(string(text), "\n")+"```\n") {
			t.Errorf("docs/loadgen.md does not show examples/%s as it is", name)
		}
	}
}

// Any file is taken, or refused with its place, and what is taken can be run.
func FuzzParse(f *testing.F) {
	for text := range wrong {
		f.Add(text)
	}
	f.Add("target: http://h\nx: &x [path: /]\nsteps: *x")
	f.Fuzz(func(t *testing.T, text string) {
		configs, err := parse(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yaml:") {
				t.Errorf("%q: %v has no place", text, err)
			}
			return
		}
		for i := range configs {
			if err := configs[i].Check(); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}
