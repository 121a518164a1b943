package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/draw"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Scenario is what a user does: an iteration is its steps, one after the other, on one connection. A load begins iterations, at its
// rate or as connections become free, and not single requests.
type Scenario struct {
	Name      string
	Variables []Variable
	Steps     []Step
}

// Variable is a text that templates name, as in {{token}}. Its own placeholders are filled in at the begin of each iteration; one
// without any is a part of the template, as if it were written there.
type Variable struct{ Name, Value string }

// Step is a request of a scenario.
type Step struct {
	Name    string
	Method  string
	Path    string // with the query, as are the next two a template
	Headers []string
	Body    string
	Checks  []Check
	Extract []Extract
	Think   draw.Time // pause after the reply, in which the connection stays this user's
}

// builtins are placeholders, and no names for variables.
var builtins = map[string]bool{"counter": true, "random": true, "uuid": true, "csv": true, "raw": true}

// CheckName tells what is wrong with the name of a variable.
func CheckName(name string) error {
	word := func(r rune) bool {
		return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '.'
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !word(r) }) {
		return fmt.Errorf("%q is no name for a variable: give one of letters, digits, dots, dashes and underscores", name)
	}
	if builtins[name] {
		return fmt.Errorf("%q is no name for a variable: {{%s}} means something else", name, name)
	}
	return nil
}

// scene is a scenario as the connections of a run share it.
type scene struct {
	steps []stepPlan
	set   []assignment // at the begin of an iteration
	vars  int
}

type stepPlan struct {
	checks  []Check
	extract []extraction
	think   draw.Time
	name    string
}

// assignment is what a variable is set to.
type assignment struct {
	variable int
	value    []piece
}

// extraction is what a variable is set to by a reply.
type extraction struct {
	Extract
	variable int
}

// Draft is a scenario that is put together piece by piece, so that whoever reads it from somewhere can say where a piece that is wrong
// stands.
type Draft struct {
	config *Config
	into   *variants
}

// NewDraft begins a scenario. Its requests are of the target's host, and have the configuration's headers too, and its checks and feed.
func NewDraft(c *Config) *Draft {
	d := &Draft{c, &variants{scene: &scene{}}}
	d.into.feed, d.into.portion, d.into.names = c.Feed, c.Portion, map[string]int{}
	return d
}

// Text tells what is wrong with a template that stands where the next step is.
func (d *Draft) Text(template string) error {
	_, err := d.into.marked(template)
	return err
}

// Variable adds a variable. Its value may name those before it. changes tells that a step extracts it, too.
func (d *Draft) Variable(x Variable, changes bool) error {
	if err := CheckName(x.Name); err != nil {
		return err
	}
	v := d.into
	value, err := v.marked(x.Value)
	if err != nil {
		return err
	}
	if !changes && value == x.Value {
		v.constants = append(v.constants, x)
		return nil
	}
	v.scene.set = append(v.scene.set, assignment{v.newVariable(x.Name), v.cut(value)})
	return nil
}

// Step adds a step. What it extracts is known to those after it.
func (d *Draft) Step(step Step) error {
	v, c := d.into, d.config
	one := *c
	one.Method, one.Body = step.Method, step.Body
	one.Headers = append(without(step.Headers, c.Headers), c.Headers...)
	if err := v.add(&one, Route{step.Path, 1}); err != nil {
		return err
	}
	plan := stepPlan{checks: append(step.Checks[:len(step.Checks):len(step.Checks)], c.Checks...), think: step.Think, name: step.Name}
	for _, e := range step.Extract {
		if err := CheckName(e.Name); err != nil {
			return err
		}
		i, ok := v.names[e.Name]
		if !ok {
			i = v.newVariable(e.Name)
		}
		plan.extract = append(plan.extract, extraction{e, i})
	}
	v.scene.steps = append(v.scene.steps, plan)
	v.scene.vars = len(v.names)
	return nil
}

// without returns those fields whose names others do not have.
func without(fields, others []string) (left []string) {
	name := func(field string) string { name, _, _ := strings.Cut(field, ":"); return strings.ToLower(name) }
	for _, f := range fields {
		if !slices.ContainsFunc(others, func(o string) bool { return name(o) == name(f) }) {
			left = append(left, f)
		}
	}
	return left
}

// scenario compiles the configuration's scenario into variants, one for each step.
func (c *Config) scenario() (*variants, error) {
	s, d := c.Scenario, NewDraft(c)
	if len(s.Steps) == 0 {
		return nil, fmt.Errorf("scenario %s has no steps", s.Name)
	}
	for _, x := range s.Variables {
		if err := d.Variable(x, s.Extracts(x.Name)); err != nil {
			return nil, fmt.Errorf("scenario %s, variable %s: %w", s.Name, x.Name, err)
		}
	}
	for _, step := range s.Steps {
		if err := d.Step(step); err != nil {
			return nil, fmt.Errorf("scenario %s, step %s: %w", s.Name, step.Name, err)
		}
	}
	return d.into, nil
}

// Extracts reports whether a step sets a variable.
func (s *Scenario) Extracts(name string) bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool {
		return slices.ContainsFunc(step.Extract, func(e Extract) bool { return e.Name == name })
	})
}

// session is the iterations of one connection.
type session struct {
	scene  *scene
	at     int  // step that is under way, or next
	midway bool // its iteration has begun
	vars   [][]byte
}

// step implements stepper.
func (s *session) step() (int, bool) { return s.at, s.midway }

// current is the plan of the step that is under way, or next.
func (s *session) current() *stepPlan { return &s.scene.steps[s.at] }

// advance implements stepper.
func (s *session) advance(refusal error, f *filling) (pause time.Duration, end ending) {
	if errors.Is(refusal, stats.ErrExtract) {
		s.giveUp()
		return 0, endedEarly
	}
	if think := &s.current().think; !think.IsZero() {
		pause = think.From(f.random)
	}
	if s.at++; s.at < len(s.scene.steps) {
		return pause, onward
	}
	s.giveUp()
	return pause, completed
}

// giveUp implements stepper.
func (s *session) giveUp() { s.at, s.midway = 0, false }

// begin begins an iteration, unless it has begun.
func (s *session) begin(t *templates, f *filling) {
	if s.midway {
		return
	}
	s.midway = true
	f.row = nil
	for _, a := range s.scene.set {
		s.vars[a.variable] = t.append(s.vars[a.variable][:0], a.value, f)
	}
}
