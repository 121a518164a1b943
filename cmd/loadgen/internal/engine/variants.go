package engine

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Route is one of the requests that a load consists of.
type Route struct {
	Path   string  // with the query; it may have placeholders
	Weight float64 // how often it is sent, in proportion to the others
}

// ReadRoutes reads a route a line: a path, or a URL of the target, and behind a blank its weight, which is 1 if it is left
// away. Blank lines, and those that begin with #, are passed over.
func ReadRoutes(name string, r io.Reader, target *Target) (routes []Route, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		route := Route{text, 1}
		if at := strings.LastIndexAny(text, " \t"); at > strings.LastIndex(text, "}}") {
			route.Path = strings.TrimSpace(text[:at])
			if route.Weight, err = strconv.ParseFloat(text[at+1:], 64); err != nil || !(route.Weight > 0 && route.Weight < 1e9) {
				return nil, fmt.Errorf("%s: line %d: %q is no weight: give a number above 0", name, n, text[at+1:])
			}
		}
		if route.Path, err = target.PathOf(route.Path); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", name, n, err)
		}
		routes = append(routes, route)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if routes == nil {
		return nil, fmt.Errorf("%s: there is no path in it; give one a line, such as /a, or /a 3 for one that is sent three times as often", name)
	}
	return routes, nil
}

// PathOf returns the path of a URL, which has to be one of the target's host.
func (t *Target) PathOf(text string) (string, error) {
	if strings.HasPrefix(text, "/") {
		return text, nil
	}
	scheme, host := "http://", t.Host
	if t.TLS {
		scheme = "https://"
	}
	path, ok := strings.CutPrefix(text, scheme+host)
	if !ok || path != "" && path[0] != '/' && path[0] != '?' {
		return "", fmt.Errorf("%q is neither a path nor a URL of %s%s", text, scheme, host)
	}
	if path == "" || path[0] == '?' {
		path = "/" + path
	}
	return path, nil
}

// variant is a request that is put together anew each time.
type variant struct {
	path    []piece // with the method before it
	head    []piece // what follows, without the empty line
	fields  []field // of HTTP/2, in place of both
	body    []piece
	hasBody bool
	toHead  bool
	weight  float64 // of it and of those before it
}

// field is a field of a header. Its name never differs.
type field struct {
	name   string
	value  []piece
	differ bool // in value
}

// variants are the requests of a plan.
type variants struct {
	templates
	all    []variant
	closes bool
	scene  *scene // nil: they are drawn by their weights, and not steps
}

// isVaried reports whether requests differ from one another.
func (c *Config) isVaried() bool {
	if len(c.Routes) > 0 || c.Scenario != nil {
		return true
	}
	if c.Literal {
		return false
	}
	for _, text := range append([]string{c.Target.Path, c.Body}, c.Headers...) {
		if strings.Contains(text, "{{") {
			return true
		}
	}
	return false
}

// variants makes them, and says what is wrong with them.
func (c *Config) variants() (*variants, error) {
	if c.Scenario != nil {
		return c.scenario()
	}
	v := &variants{}
	v.feed, v.portion = c.Feed, c.Portion
	routes := c.Routes
	if len(routes) == 0 {
		routes = []Route{{c.Target.Path, 1}}
	}
	for _, r := range routes {
		if err := v.add(c, r); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// add adds a request, to be sent by a route.
func (v *variants) add(c *Config, r Route) (err error) {
	marked := v.marked
	if c.Literal {
		marked = func(text string) (string, error) { return text, nil }
	}
	one := *c
	one.Headers, one.Body = nil, ""
	for _, h := range c.Headers {
		if name, _, _ := strings.Cut(h, ":"); strings.Contains(name, "{{") && !c.Literal {
			return fmt.Errorf("header %q: a placeholder stands in a value, and not in a name", h)
		}
		m, err := marked(h)
		if err != nil {
			return err
		}
		one.Headers = append(one.Headers, m)
	}
	body, err := marked(c.Body)
	if err != nil {
		return err
	}
	if one.Target.Path, err = marked(r.Path); err != nil {
		return err
	}
	begins := "" // with what a placeholder stands for
	if strings.HasPrefix(one.Target.Path, mark) {
		begins = "/"
	}
	one.Target.Path = begins + one.Target.Path
	request, closes, err := one.request()
	if err != nil {
		return fmt.Errorf("path %q: %w", r.Path, err)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(request), "\r\n"), "Content-Length: 0\r\n")
	first, rest, _ := strings.Cut(text, " HTTP/1.1\r\n")
	first = strings.Replace(first, " "+begins, " ", 1)
	weight := r.Weight
	if n := len(v.all); n > 0 {
		weight += v.all[n-1].weight
	}
	v.closes = v.closes || closes
	if begins != "" {
		one.Target.Path = one.Target.Path[1:]
	}
	added := variant{
		path: v.cut(first), head: v.cut(" HTTP/1.1\r\n" + rest), body: v.cut(body),
		hasBody: c.hasBody(), toHead: c.Method == "HEAD", weight: weight,
	}
	if c.Target.Protocol == HTTP2 {
		for _, f := range one.h2Fields() {
			if f.Name != "content-length" { // it is known when there is a body
				value := v.cut(f.Value)
				added.fields = append(added.fields, field{f.Name, value, len(value) > 1})
			}
		}
	}
	v.all = append(v.all, added)
	return nil
}

// varied is one connection's requests.
type varied struct {
	variants *variants
	session  *session // of a scenario
	filling  filling
	out      []byte
	body     []byte
	sizes    []int
}

func newVaried(v *variants, c *Config, seed uint64) *varied {
	one := &varied{variants: v, filling: filling{random: rand.New(rand.NewPCG(c.Load.Seed, seed))}}
	if v.scene != nil {
		one.filling.vars = make([][]byte, v.scene.vars)
		one.session = &session{scene: v.scene, vars: one.filling.vars}
	}
	return one
}

// next puts the next n requests together.
func (v *varied) next(n int) ([]byte, []int) {
	v.out, v.sizes = v.out[:0], v.sizes[:0]
	for range n {
		was := len(v.out)
		v.one()
		v.sizes = append(v.sizes, len(v.out)-was)
	}
	return v.out, v.sizes
}

func (v *varied) one() {
	one, f := v.choose(), &v.filling
	f.place = inPath
	v.out = v.variants.append(v.out, one.path, f)
	f.place = inHeader
	v.out = v.variants.append(v.out, one.head, f)
	f.place = inBody
	if one.hasBody {
		v.body = v.variants.append(v.body[:0], one.body, f)
		v.out = append(v.out, "Content-Length: "...)
		v.out = strconv.AppendInt(v.out, int64(len(v.body)), 10)
		v.out = append(v.out, "\r\n"...)
	}
	v.out = append(v.out, "\r\n"...)
	if one.hasBody {
		v.out = append(v.out, v.body...)
	}
}

// looks reports whether anything is asked of replies, if checks is what is asked of all.
func (v *variants) looks(checks []Check) bool {
	if v == nil || v.scene == nil {
		return len(checks) > 0
	}
	return slices.ContainsFunc(v.scene.steps, func(s stepPlan) bool { return len(s.checks)+len(s.extract) > 0 })
}

// choose is the step of the scenario, or draws one by its weight.
func (v *varied) choose() *variant {
	all := v.variants.all
	if v.session != nil {
		v.session.begin(&v.variants.templates, &v.filling)
		return &all[v.session.at]
	}
	v.filling.row = nil
	if len(all) == 1 {
		return &all[0]
	}
	x := v.filling.random.Float64() * all[len(all)-1].weight
	low, high := 0, len(all)-1
	for low < high {
		if mid := (low + high) / 2; all[mid].weight <= x {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return &all[low]
}
