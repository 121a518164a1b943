package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Reply is how the end of a reply is recognised that is neither an echo nor of a protocol that says it: by exactly one of
// these.
type Reply struct {
	Length int    // it has so many bytes
	Until  string // it ends with this
	Match  string // it ends where this regular expression first matches
}

// maxReply is how long a reply may be that has to be looked through for its end.
const maxReply = lastBuffer

// Unescape reads a text with the escapes of Go's strings, such as \r\n and \x00, as bytes.
func Unescape(text string) (string, error) {
	s, err := strconv.Unquote(`"` + strings.NewReplacer(`\"`, `\"`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`)
	if err != nil {
		return "", fmt.Errorf(`%q: a backslash begins an escape: give \n, \r, \t, \x00, or \\ for itself`, text)
	}
	return s, nil
}

// rawPlan is one request, sent again and again, and the rule by which its replies end.
type rawPlan struct {
	requests []byte // as many as may be under way, one behind the other
	length   int    // of one
	reply    int
	until    []byte
	match    *regexp.Regexp
}

func (c *Config) rawPlan() (plan, error) {
	given := 0
	for _, is := range []bool{c.Reply.Length != 0, c.Reply.Until != "", c.Reply.Match != ""} {
		if is {
			given++
		}
	}
	switch {
	case c.Send == "":
		return nil, errors.New("a rule for replies and nothing to send: give --send TEXT too")
	case given != 1:
		return nil, fmt.Errorf("%d rules for where a reply ends: give one of --reply-length N, --reply-until TEXT and --reply-match REGEXP", given)
	case c.Reply.Length < 0:
		return nil, fmt.Errorf("replies of %d bytes: give a number above 0", c.Reply.Length)
	}
	p := &rawPlan{requests: bytes.Repeat([]byte(c.Send), c.depth()), length: len(c.Send), reply: c.Reply.Length, until: []byte(c.Reply.Until)}
	if c.Reply.Match != "" {
		var err error
		if p.match, err = regexp.Compile(c.Reply.Match); err != nil {
			return nil, fmt.Errorf("reply-match %q: %w", c.Reply.Match, err)
		}
		if p.match.MatchString("") {
			return nil, fmt.Errorf("reply-match %q: it matches the empty text, where every reply would end", c.Reply.Match)
		}
	}
	return p, nil
}

func (p *rawPlan) connection(uint64) (protocol, int) { return &raw{plan: p}, firstBuffer }

// raw is a connection on which requests and replies have no form but the rule for where a reply ends.
type raw struct {
	plan  *rawPlan
	taken int // bytes of the reply that were taken
	seen  int // bytes behind those in which the end was looked for
}

func (r *raw) traits() traits             { return traits{} }
func (r *raw) next(n int) ([]byte, []int) { return r.plan.requests[:n*r.plan.length], nil }
func (r *raw) forget()                    {}
func (r *raw) expect(bool)                { r.taken, r.seen = 0, 0 }
func (r *raw) reusable() bool             { return true }
func (r *raw) status() int                { return 0 }

func (r *raw) feed(p []byte) (int, outcome, error) {
	if want := r.plan.reply; want > 0 {
		n := min(len(p), want-r.taken)
		if r.taken += n; r.taken == want {
			return n, answered, nil
		}
		return n, more, nil
	}
	if end := r.end(p); end > 0 {
		return end, answered, nil
	}
	if len(p) >= maxReply {
		return 0, more, fmt.Errorf("%w: no end of it in %d bytes", stats.ErrReply, len(p))
	}
	r.seen = len(p)
	return 0, more, nil
}

// end returns where the reply in p ends, or 0.
func (r *raw) end(p []byte) int {
	if r.plan.match != nil {
		if at := r.plan.match.FindIndex(p); at != nil {
			return at[1]
		}
		return 0
	}
	from := max(r.seen-len(r.plan.until)+1, 0) // it may have begun in what was there before
	if i := bytes.Index(p[from:], r.plan.until); i >= 0 {
		return from + i + len(r.plan.until)
	}
	return 0
}

func (r *raw) eof() error {
	if r.taken+r.seen == 0 {
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

func (r *raw) surplus(n int) error {
	return fmt.Errorf("%w: %d bytes behind the end of the reply", stats.ErrSurplus, n)
}
