package engine

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// maxChecked is how much of a reply's content checks are shown.
const maxChecked = 1 << 20

// Check is a condition on replies.
type Check struct {
	text    string
	program *vm.Program
	content bool // it looks at the content
	fields  bool // it looks at the header
}

// newEnv is what a check knows of a reply. It is a map, and no struct, for the language takes what stands in one without making a copy of it, which would
// be an allocation.
func newEnv(header func(string) string) map[string]any {
	return map[string]any{"status": 0, "body": "", "size": 0, "header": header}
}

// ParseChecks compiles conditions in the language of github.com/expr-lang/expr. They know status, body, size (of the
// body, in bytes) and header("name").
func ParseChecks(texts []string) (checks []Check, err error) {
	for _, text := range texts {
		program, err := expr.Compile(text, expr.Env(newEnv(func(string) string { return "" })), expr.AsBool())
		if err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			return nil, fmt.Errorf("check %q: %s; give a condition on status, body, size and header(\"name\"), such as 'status == 200 && body contains \"ok\"'", text, first)
		}
		checks = append(checks, Check{text, program, strings.Contains(text, "body"), strings.Contains(text, "header")})
	}
	return checks, nil
}

// checker looks at the replies of one connection.
type checker struct {
	checks   []Check
	vm       vm.VM
	env      map[string]any
	status   int // that is in env
	size     int
	content  bool   // some look at the content
	fields   bool   // some look at the header
	heads    []byte // of the reply and of interim ones before it, and what came in one read with the last
	complete bool   // heads has the reply's
	body     []byte
}

func newChecker(checks []Check) *checker {
	c := &checker{}
	c.env = newEnv(c.header)
	c.use(checks, nil)
	return c
}

// use says what is looked at in the next reply.
func (c *checker) use(checks []Check, extract []extraction) {
	c.checks, c.content, c.fields = checks, false, false
	for i := range checks {
		c.content = c.content || checks[i].content
		c.fields = c.fields || checks[i].fields
	}
	for i := range extract {
		c.fields = c.fields || extract[i].header != ""
		c.content = c.content || extract[i].header == ""
	}
}

func (c *checker) reset() { c.heads, c.body, c.complete = c.heads[:0], c.body[:0], false }

// sink takes content.
func (c *checker) sink(p []byte) {
	if c.content {
		c.body = append(c.body, p[:min(len(p), maxChecked-len(c.body))]...)
	}
}

// took takes bytes of the reply, of which the header is kept.
func (c *checker) took(p []byte) {
	if c.fields && !c.complete {
		c.heads = append(c.heads, p...)
		c.complete = finalHead(c.heads) != nil
	}
}

var (
	lineEnd = []byte("\n")
	headEnd = []byte("\r\n\r\n")
	blank   = []byte(" ")
)

// finalHead returns the first head that is not of an interim reply, or nil if it has not come as a whole.
func finalHead(p []byte) []byte {
	for {
		head, rest, ok := bytes.Cut(p, headEnd)
		if !ok {
			return nil
		}
		if _, status, _ := bytes.Cut(head, blank); len(status) == 0 || status[0] != '1' {
			return head
		}
		p = rest
	}
}

// header returns the first field of a name, or nothing.
func (c *checker) header(name string) string { return string(c.field(name)) }

// field returns the value of the first field of a name, or nothing.
func (c *checker) field(name string) []byte {
	for head := finalHead(c.heads); len(head) > 0; {
		var line []byte
		line, head, _ = bytes.Cut(head, lineEnd)
		n := len(name)
		if len(line) > n && line[n] == ':' && strings.EqualFold(string(line[:n]), name) {
			return bytes.TrimSpace(line[n+1:])
		}
	}
	return nil
}

// verdict returns which check a reply fails, if it fails one.
func (c *checker) verdict(status int, size int64) error {
	if status != c.status {
		c.status = status
		c.env["status"] = status
	}
	if int(size) != c.size {
		c.size = int(size)
		c.env["size"] = c.size
	}
	if c.content && len(c.checks) > 0 {
		c.env["body"] = text(c.body)
	}
	for i := range c.checks {
		got, err := c.vm.Run(c.checks[i].program, c.env)
		if err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			return fmt.Errorf("%w: %s: %s", stats.ErrCheck, c.checks[i].text, first)
		}
		if ok, _ := got.(bool); !ok {
			return fmt.Errorf("%w: %s (the status is %d, the size %d bytes)", stats.ErrCheck, c.checks[i].text, status, size)
		}
	}
	return nil
}
