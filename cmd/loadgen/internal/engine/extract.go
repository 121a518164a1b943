package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"unsafe"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
	"github.com/tidwall/gjson"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Extract is what a reply says that later steps need: a value of its content by a JSON path, or what a regular expression finds in its
// content or in a field of its header.
type Extract struct {
	Name   string // of the variable
	source string // as it was written
	header string
	match  *regexp.Regexp
	fast   string         // for gjson, if it can say that path
	path   *jsonpath.Path // else
}

// ExtractJSON takes the first value that a JSON path (RFC 9535) names: a string's text, or any other value as it stands in the
// content. null is no value.
//
// A path of names and indexes alone is looked up in the content as it is, and costs no memory. For any other the content is decoded.
func ExtractJSON(name, path string) (Extract, error) {
	p, err := jsonpath.Parse(path)
	if err != nil {
		return Extract{}, fmt.Errorf("JSON path %q: %w; give one as RFC 9535 has it, such as $.items[0].id", path, err)
	}
	e := Extract{Name: name, source: path}
	if fast, ok := gjsonPath(p); ok {
		e.fast = fast
	} else {
		e.path = p
	}
	return e, nil
}

// ExtractRegexp takes what a regular expression's first group matches, or all of it if there is none: in the content, or in the field
// of a name in the header.
func ExtractRegexp(name, expression, header string) (Extract, error) {
	e := Extract{Name: name, source: expression, header: header}
	var err error
	if e.match, err = regexp.Compile(expression); err != nil {
		return e, fmt.Errorf("%w; give a regular expression of Go, such as 'token=(\\w+)'", err)
	}
	return e, nil
}

// ExtractHeader takes the first field of a name.
func ExtractHeader(name, header string) Extract {
	return Extract{Name: name, source: header, header: header}
}

// gjsonPath is a path as gjson has it. It has indexes from 0 on, and names that are not empty.
func gjsonPath(p *jsonpath.Path) (path string, ok bool) {
	if p.Query().Singular() == nil {
		return "", false
	}
	for _, segment := range p.Query().Segments() {
		part := ""
		switch s := segment.Selectors()[0].(type) {
		case spec.Name:
			part = gjson.Escape(string(s))
		case spec.Index:
			if s >= 0 {
				part = strconv.Itoa(int(s))
			}
		}
		if part == "" {
			return "", false
		}
		if path != "" {
			path += "."
		}
		path += part
	}
	return path, path != ""
}

// text is bytes as a string without a copy. It is good for as long as nobody writes to them: until the next reply comes.
func text(p []byte) string { return unsafe.String(unsafe.SliceData(p), len(p)) }

// find appends the value to out. It reports false if there is none.
func (e *Extract) find(c *checker, out []byte) ([]byte, bool) {
	switch {
	case e.fast != "":
		r := gjson.Get(text(c.body), e.fast)
		switch r.Type {
		case gjson.Null:
			return out, false
		case gjson.String:
			return append(out, r.Str...), true
		}
		return append(out, r.Raw...), true
	case e.path != nil:
		return e.decode(c.body, out)
	}
	in := c.body
	if e.header != "" {
		in = c.field(e.header)
	}
	if e.match == nil {
		return append(out, in...), len(in) > 0
	}
	m := e.match.FindSubmatchIndex(in)
	switch {
	case m == nil:
		return out, false
	case len(m) > 2 && m[2] < 0:
		return out, false
	case len(m) > 2:
		return append(out, in[m[2]:m[3]]...), true
	}
	return append(out, in[m[0]:m[1]]...), true
}

// decode finds a value for which the content has to be decoded.
func (e *Extract) decode(body, out []byte) ([]byte, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var all any
	if d.Decode(&all) != nil {
		return out, false
	}
	nodes := e.path.Select(all)
	if len(nodes) == 0 || nodes[0] == nil {
		return out, false
	}
	if s, ok := nodes[0].(string); ok {
		return append(out, s...), true
	}
	p, err := json.Marshal(nodes[0])
	return append(out, p...), err == nil
}

// extract sets the variables that the step's reply says.
func (s *session) extract(c *checker, status int) error {
	step := s.current()
	for i := range step.extract {
		e := &step.extract[i]
		value, ok := e.find(c, s.vars[e.variable][:0])
		if !ok {
			return fmt.Errorf("%w: step %s has no %s for {{%s}} in its reply (the status is %d, the content %.80q)", stats.ErrExtract, step.name, e.source, e.Name, status, c.body)
		}
		s.vars[e.variable] = value
	}
	return nil
}
