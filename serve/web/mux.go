package web

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Mux is a router: it hands a request to the handler of the pattern that matches it best. Patterns, their precedence and
// what is answered where none matches (404, 405 with Allow, redirects to the clean path) are those of [http.ServeMux]:
//
//	[METHOD ][HOST]/[PATH]      "GET /users/{id}", "example.com/files/{path...}", "/exact/{$}"
//
// The values of wildcards are [Request.PathValue]'s. To look a handler up allocates nothing, unless the path has a percent
// sign, is not clean, or matches nothing.
//
// All patterns are registered before the first request. The zero Mux has none.
//
// How: an http.ServeMux beside it has the same patterns. It says at registration whether a pattern is right and whether it
// conflicts with others, and answers the requests that the tree (see tree.go), which knows plain paths only, has
// no handler for. So there is one set of rules, and it is not ours.
type Mux struct {
	standard http.ServeMux
	anyHost  methods
	hosts    map[string]*methods
}

// route is a pattern with its handler.
type route struct {
	pattern string
	names   []string // of its wildcards
	handler Handler
}

// Handle registers a handler for a pattern. It panics, as http.ServeMux does, if the pattern is wrong, or conflicts with
// another one: see [Mux.TryHandle].
func (m *Mux) Handle(pattern string, h Handler) {
	if err := m.TryHandle(pattern, h); err != nil {
		panic(err.Error())
	}
}

// HandleStandard registers an http.Handler, which runs as [Standard] says.
func (m *Mux) HandleStandard(pattern string, h http.Handler) { m.Handle(pattern, Standard(h)) }

// TryHandle registers a handler for a pattern. The error says what is wrong with the pattern, or which other pattern it
// conflicts with: one that matches some of the same requests, while neither is more specific.
func (m *Mux) TryHandle(pattern string, h Handler) (err error) {
	if h == nil {
		return fmt.Errorf("web: pattern %q: the Handler is nil", pattern)
	}
	p, err := parsePattern(pattern)
	if err != nil {
		return fmt.Errorf("web: pattern %q: %v", pattern, err)
	}
	rt := &route{pattern: pattern, handler: h, names: p.names()}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("web: %v", r)
		}
	}()
	if len(rt.names) > maxMatches {
		return fmt.Errorf("web: pattern %q: it has %d wildcards; at most %d are allowed", pattern, len(rt.names), maxMatches)
	}
	m.standard.Handle(pattern, standardRoute{rt})
	tree := &m.anyHost
	if p.host != "" {
		if m.hosts == nil {
			m.hosts = map[string]*methods{}
		}
		if m.hosts[p.host] == nil {
			m.hosts[p.host] = new(methods)
		}
		tree = m.hosts[p.host]
	}
	tree.of(p.method).add(p.segments, rt)
	return nil
}

// Serve is the router's [Handler].
func (m *Mux) Serve(w *Response, r *Request) {
	path := r.msg.Path()
	if isPlain(path) {
		rt, toSlash := m.lookup(r, path)
		if rt != nil && !toSlash {
			r.route = rt
			rt.handler(w, r)
			return
		}
	}
	if !r.isPing() {
		m.slow(w, r)
	}
}

// lookup looks for the pattern of a plain path. toSlash: there is one of the path with a slash at its end, to which the
// client is to be redirected.
func (m *Mux) lookup(r *Request, path []byte) (rt *route, toSlash bool) {
	method := r.msg.Method()
	if len(m.hosts) > 0 {
		if t := m.hosts[string(withoutPort(r.msg.Host()))]; t != nil {
			if rt, toSlash = t.lookup(method, path, &r.matches); rt != nil || toSlash {
				return rt, toSlash
			}
		}
	}
	return m.anyHost.lookup(method, path, &r.matches)
}

// withoutPort returns the host without its port.
func withoutPort(host []byte) []byte {
	colon := bytes.LastIndexByte(host, ':')
	if colon < 0 || bytes.IndexByte(host[colon:], ']') >= 0 {
		return host
	}
	return bytes.Trim(host[:colon], "[]")
}

// isPlain reports whether the tree may look the path up: it is clean, and there is nothing to decode.
func isPlain(path []byte) bool {
	if len(path) == 0 || path[0] != '/' {
		return false
	}
	for i, b := range path {
		switch b {
		case '%':
			return false
		case '/':
			rest := path[i+1:]
			if len(rest) > 0 && (rest[0] == '/' || rest[0] == '.') {
				return false // perhaps .well-known, which net/http finds as well
			}
		}
	}
	return true
}

// slow has net/http's router answer.
func (m *Mux) slow(w *Response, r *Request) {
	s := &standardAnswer{header: http.Header{}}
	req := &http.Request{Method: r.Method(), Host: string(r.Host()), RequestURI: string(r.Target()), Header: http.Header{}}
	u, err := url.ParseRequestURI(req.RequestURI)
	if err != nil {
		u = &url.URL{Path: string(r.Path()), RawPath: string(r.RawPath()), RawQuery: string(r.RawQuery())}
		if req.Method == http.MethodConnect {
			u = &url.URL{Host: req.RequestURI}
		}
	}
	req.URL = u
	m.standard.ServeHTTP(s, req)
	if rt := s.route; rt != nil {
		r.route, r.std = rt, make([]string, len(rt.names))
		for i, name := range rt.names {
			r.std[i] = req.PathValue(name)
		}
		rt.handler(w, r)
		return
	}
	w.SetStatus(s.status)
	for _, name := range slices.Sorted(maps.Keys(s.header)) {
		for _, v := range s.header[name] {
			w.Add(name, v)
		}
	}
	_, _ = w.Write(s.content)
}

// standardRoute is what net/http's router finds.
type standardRoute struct{ route *route }

// ServeHTTP implements http.Handler.
func (s standardRoute) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.(*standardAnswer).route = s.route
}

// standardAnswer is what net/http's router answers itself, or what it has found.
type standardAnswer struct {
	header  http.Header
	status  int
	content []byte
	route   *route
}

func (s *standardAnswer) Header() http.Header { return s.header }

func (s *standardAnswer) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

func (s *standardAnswer) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	s.content = append(s.content, p...)
	return len(p), nil
}

// pattern is one, in parts.
type pattern struct {
	method, host string
	segments     []segment
}

// segment is a part of a path between slashes: literal text, a wildcard of one segment, or of all that are left ("multi").
// A slash at the end is an unnamed multi, or with {$} a segment of its own.
type segment struct {
	text        string // literal, or the wildcard's name
	wild, multi bool
	end         bool // {$}
}

// parsePattern takes what is well-formed apart. That it is, net/http says.
func parsePattern(s string) (p pattern, err error) {
	rest := strings.TrimLeft(s, " \t")
	if method, after, found := strings.Cut(strings.ReplaceAll(rest, "\t", " "), " "); found {
		p.method, rest = method, strings.TrimLeft(after, " ")
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		return p, fmt.Errorf("its host and path have no /")
	}
	p.host, rest = rest[:slash], rest[slash+1:]
	for more := true; more; {
		var text string
		text, rest, more = strings.Cut(rest, "/")
		switch {
		case text == "{$}":
			p.segments = append(p.segments, segment{end: true})
		case strings.HasPrefix(text, "{") && strings.HasSuffix(text, "...}"):
			p.segments = append(p.segments, segment{text: text[1 : len(text)-4], wild: true, multi: true})
		case strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}"):
			p.segments = append(p.segments, segment{text: text[1 : len(text)-1], wild: true})
		case text == "" && !more:
			p.segments = append(p.segments, segment{multi: true})
		default:
			if u, err := url.PathUnescape(text); err == nil {
				text = u
			}
			p.segments = append(p.segments, segment{text: text})
		}
	}
	return p, nil
}

// names returns the names of the wildcards in the order in which they match.
func (p *pattern) names() (names []string) {
	for _, s := range p.segments {
		if s.wild {
			names = append(names, s.text)
		}
	}
	return names
}
