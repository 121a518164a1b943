package web

import "bytes"

// The tree that a Mux looks plain paths up in. A node is a place in a pattern, after some of its segments. Where several
// lead on, the literal one is tried first, then the wildcard, then the multi; as patterns do not conflict, the first way
// that leads to an end is the most specific. A node is visited once at most, so a lookup takes no more steps than there
// are nodes.

// maxMatches is how many wildcards a pattern may have: their places are kept in each Request.
const maxMatches = 8

// match is what a wildcard stands for, in the path.
type match struct{ at, end uint32 }

type node struct {
	literal map[string]*node
	wild    *node
	multi   *route // whatever follows, after a slash
	named   bool   // multi has a name, and so a match
	slash   *route // {$}: nothing follows a slash
	end     *route // nothing follows
}

// methods are the trees of the methods.
type methods struct {
	any   *node
	get   *node
	other map[string]*node
}

// of returns the tree of a method, "" for any, and makes it if need be.
func (m *methods) of(method string) *node {
	switch method {
	case "":
		if m.any == nil {
			m.any = new(node)
		}
		return m.any
	case "GET":
		if m.get == nil {
			m.get = new(node)
		}
		return m.get
	}
	if m.other == nil {
		m.other = map[string]*node{}
	}
	if m.other[method] == nil {
		m.other[method] = new(node)
	}
	return m.other[method]
}

func (n *node) add(segments []segment, rt *route) {
	for _, s := range segments {
		switch {
		case s.end:
			n.slash = rt
			return
		case s.multi:
			n.multi, n.named = rt, s.wild
			return
		case s.wild:
			if n.wild == nil {
				n.wild = new(node)
			}
			n = n.wild
		default:
			if n.literal == nil {
				n.literal = map[string]*node{}
			}
			if n.literal[s.text] == nil {
				n.literal[s.text] = new(node)
			}
			n = n.literal[s.text]
		}
	}
	n.end = rt
}

// lookup returns the route of a path. toSlash: there is none that ends where the path does, but one of the path with a
// slash at its end does.
func (m *methods) lookup(method, path []byte, matches *[maxMatches]match) (rt *route, toSlash bool) {
	var own, get *node
	switch string(method) {
	case "GET":
		get = m.get
	case "HEAD":
		own, get = m.other["HEAD"], m.get // GET's answer HEAD besides
	default:
		own = m.other[string(method)]
	}
	for _, tree := range [...]*node{own, get, m.any} {
		if tree == nil {
			continue
		}
		s := search{path: path, matches: matches}
		if rt := s.find(tree, 0, 0); rt != nil {
			return rt, !s.exact && path[len(path)-1] != '/' && m.endsWithSlash(method, path)
		}
	}
	return nil, false // net/http looks for the one with a slash as well
}

// endsWithSlash reports whether a route ends where the path does, if that had a slash more.
func (m *methods) endsWithSlash(method, path []byte) bool {
	for _, tree := range [...]*node{m.any, m.get, m.other[string(method)]} {
		if tree != nil && tree.endsWithSlash(path) {
			return true // perhaps of another method: net/http knows
		}
	}
	return false
}

func (n *node) endsWithSlash(path []byte) bool {
	if len(path) == 0 {
		return n.slash != nil || n.multi != nil
	}
	segment, rest := cutSegment(path)
	if next := n.literal[string(segment)]; next != nil && next.endsWithSlash(rest) {
		return true
	}
	return n.wild != nil && n.wild.endsWithSlash(rest)
}

// cutSegment returns the first segment of a path that begins with a slash, and the rest, which does too or is empty.
func cutSegment(path []byte) (segment, rest []byte) {
	path = path[1:]
	if i := bytes.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, nil
}

// search is one lookup.
type search struct {
	path    []byte
	matches *[maxMatches]match
	exact   bool
}

// find looks for the route of path[at:], which begins with a slash or is empty; found is how many wildcards have matched.
func (s *search) find(n *node, at, found int) *route {
	rest := s.path[at:]
	if len(rest) == 0 {
		s.exact = true
		return n.end
	}
	if len(rest) == 1 {
		if n.slash != nil {
			s.exact = true
			return n.slash
		}
	} else {
		segment, _ := cutSegment(rest)
		end := at + 1 + len(segment)
		if n.literal != nil {
			if next := n.literal[string(segment)]; next != nil {
				if rt := s.find(next, end, found); rt != nil {
					return rt
				}
			}
		}
		if n.wild != nil && len(segment) > 0 {
			s.matches[found] = match{uint32(at + 1), uint32(end)}
			if rt := s.find(n.wild, end, found+1); rt != nil {
				return rt
			}
		}
	}
	if n.multi == nil {
		return nil
	}
	if n.named {
		s.matches[found] = match{uint32(at + 1), uint32(len(s.path))}
	}
	s.exact = len(rest) == 1
	return n.multi
}
