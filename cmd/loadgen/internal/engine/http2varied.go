package engine

import (
	"cmp"
	"strconv"
	"time"

	"golang.org/x/net/http2/hpack"
)

// What differs between the requests of a connection of HTTP/2, and what is asked of their replies.

// keep returns memory for a request.
func (c *h2) keep() (k *h2kept) {
	if n := len(c.spare); n > 0 {
		k, c.spare = c.spare[n-1], c.spare[:n-1]
	} else if k = new(h2kept); c.plan.looks {
		k.checker = newChecker(c.plan.config.Checks)
	}
	if k.checker != nil {
		k.checker.reset()
	}
	return k
}

func (c *h2) giveBack(k *h2kept) {
	if k != nil {
		c.spare = append(c.spare, k)
	}
}

// compose puts the request of a stream together: its header in block, its body in what it keeps.
func (c *h2) compose(s *h2stream) {
	v, f := c.varied, &c.varied.filling
	one := v.choose()
	s.toHead = one.toHead
	if session := v.session; session != nil && s.kept.checker != nil {
		s.kept.checker.use(session.current().checks, session.current().extract)
	}
	c.block = c.block[:0]
	for i := range one.fields {
		x := &one.fields[i]
		if x.name != ":path" {
			f.place = inHeader
		} else {
			f.place = inPath
		}
		if !x.differ {
			_ = c.encoder.WriteField(hpack.HeaderField{Name: x.name, Value: x.value[0].text}) // appending cannot fail
			continue
		}
		v.out = v.variants.append(v.out[:0], x.value, f)
		c.writeOnce(x.name, v.out)
	}
	f.place = inBody
	s.body = nil
	if one.hasBody {
		s.kept.body = v.variants.append(s.kept.body[:0], one.body, f)
		s.body = s.kept.body
		v.out = strconv.AppendInt(v.out[:0], int64(len(s.body)), 10)
		c.writeOnce("content-length", v.out)
	}
}

// writeOnce appends a field that will be another one next time, to block. It is said to be sensitive, for such a one enters no table: it would drive
// others out, and its value would have to be kept.
func (c *h2) writeOnce(name string, value []byte) {
	_ = c.encoder.WriteField(hpack.HeaderField{Name: name, Value: text(value), Sensitive: true}) // appending cannot fail
}

// looked returns what the fields of a header on the stream go to: nil, if they are not looked at, or are trailers.
func (s *h2stream) looked() *h2kept {
	if s.status != 0 || s.kept == nil || s.kept.checker == nil || !s.kept.checker.fields {
		return nil
	}
	s.kept.checker.heads = append(s.kept.checker.heads[:0], "HTTP/2 200\r\n"...) // as checkers have them; one before was interim
	return s.kept
}

// take takes content.
func (s *h2stream) take(content []byte) {
	s.size += int64(len(content))
	if s.kept != nil && s.kept.checker != nil {
		s.kept.checker.sink(content)
	}
}

// verdict returns what is wrong with the complete reply.
func (c *h2) verdict(s *h2stream) error {
	if s.kept == nil || s.kept.checker == nil {
		return nil
	}
	k := s.kept
	k.checker.heads = append(k.checker.heads, "\r\n"...)
	err := k.checker.verdict(s.status, s.size)
	if c.varied == nil || c.varied.session == nil {
		return err
	}
	return cmp.Or(c.varied.session.extract(k.checker, s.status), err)
}

// add adds a field to the header.
func (c *checker) add(name, value string) {
	c.heads = append(c.heads, name...)
	c.heads = append(c.heads, ": "...)
	c.heads = append(c.heads, value...)
	c.heads = append(c.heads, "\r\n"...)
}

// scenarioH2 is a connection of HTTP/2 that a scenario's users use, with one stream at a time.
type scenarioH2 struct{ *h2 }

func (c *scenarioH2) step() (int, bool) { return c.varied.session.step() }
func (c *scenarioH2) giveUp()           { c.varied.session.giveUp() }

func (c *scenarioH2) advance(refusal error) (time.Duration, ending) {
	return c.varied.session.advance(refusal, &c.varied.filling)
}
