package scenario

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/draw"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/wire/http1"
)

// readSteps reads variables and steps, and finds what is wrong with them where it stands.
func (b *book) readSteps(s *scene) error {
	if s.steps.value.Kind != yaml.SequenceNode || len(s.steps.value.Content) == 0 {
		return b.errorf(s.steps.value, "steps wants a list of steps, each with a path")
	}
	var steps []*step
	for _, n := range s.steps.value.Content {
		one, err := b.step(s, n)
		if err != nil {
			return err
		}
		steps = append(steps, one)
		s.scenario.Steps = append(s.scenario.Steps, one.Step)
	}
	draft := engine.NewDraft(&s.config)
	if err := b.variables(s, draft); err != nil {
		return err
	}
	names := map[string]bool{}
	for i, one := range steps {
		if names[one.Name] && one.named {
			return b.errorf(one.node, "there are two steps %q", one.Name)
		}
		for n, base := 2, one.Name; names[one.Name]; n++ {
			one.Name = fmt.Sprintf("%s (%d)", base, n)
		}
		names[one.Name] = true
		s.scenario.Steps[i].Name = one.Name
		for _, t := range one.templates {
			if err := draft.Text(t.Value); err != nil {
				return b.at(t, err)
			}
		}
		if err := draft.Step(one.Step); err != nil {
			return b.at(one.node, err)
		}
	}
	return nil
}

// variables declares those of all scenarios, and those of this one, which may have other values for them.
func (b *book) variables(s *scene, draft *engine.Draft) error {
	last := map[string]int{}
	for i, p := range s.vars {
		last[p.key.Value] = i
	}
	for i, p := range s.vars {
		value, err := b.text(p)
		if err != nil {
			return err
		}
		if last[p.key.Value] != i {
			continue
		}
		x := engine.Variable{Name: p.key.Value, Value: value}
		if err := engine.CheckName(x.Name); err != nil {
			return b.at(p.key, err)
		}
		if err := draft.Variable(x, s.scenario.Extracts(x.Name)); err != nil {
			return b.at(p.value, err)
		}
		s.scenario.Variables = append(s.scenario.Variables, x)
	}
	return nil
}

// step is a step and where it stands.
type step struct {
	engine.Step
	node      *yaml.Node
	named     bool
	templates []*yaml.Node
}

func (b *book) step(s *scene, n *yaml.Node) (*step, error) {
	n = follow(n)
	pairs, err := b.pairs(n, "a step", stepKeys...)
	if err != nil {
		return nil, err
	}
	one := &step{node: n, Step: engine.Step{Method: "GET"}}
	headers := s.headers[:len(s.headers):len(s.headers)]
	if s.think != nil {
		one.Think, _ = parseThink(s.think.value.Value) // it was tried
	}
	for _, p := range pairs {
		switch p.key.Value {
		case "headers":
			more, err := b.pairs(p.value, "headers")
			if err != nil {
				return nil, err
			}
			headers = append(headers, more...)
		case "check":
			if err := b.checks(one, p); err != nil {
				return nil, err
			}
		case "extract":
			if err := b.extracts(one, p); err != nil {
				return nil, err
			}
		default:
			text, err := b.text(p)
			if err == nil {
				if err = one.set(&s.config.Target, p, text); err != nil {
					err = b.at(p.value, err)
				}
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if one.Path == "" {
		return nil, b.errorf(n, "the step has no path: give path: /where, or url")
	}
	if one.Name == "" {
		one.Name = one.Method + " " + one.Path
	}
	return one, b.headers(one, headers)
}

func (s *step) set(t *engine.Target, p pair, text string) (err error) {
	switch p.key.Value {
	case "name":
		s.Name, s.named = text, true
	case "method":
		if s.Method = text; strings.ContainsFunc(text, func(r rune) bool { return r < 'A' || r > 'Z' }) || text == "" {
			return fmt.Errorf("method %q: give one in capitals, such as POST", text)
		}
	case "path", "url":
		if s.Path != "" {
			return errors.New("both path and url: give one of them")
		}
		s.templates = append(s.templates, p.value)
		if s.Path = text; strings.HasPrefix(text, "{{") {
			return nil // what comes of it shows when it is sent
		}
		if s.Path, err = t.PathOf(text); err == nil && strings.HasPrefix(text, "/") {
			s.Path = strings.TrimSuffix(t.Path, "/") + s.Path
		}
	case "body":
		s.Body = text
		s.templates = append(s.templates, p.value)
	case "think":
		s.Think, err = parseThink(text)
	}
	return err
}

func parseThink(text string) (draw.Time, error) {
	think, err := draw.Parse(text)
	if err != nil {
		err = fmt.Errorf("think %w", err)
	}
	return think, err
}

// headers are those of all, of which later ones take the place of earlier ones of that name.
func (b *book) headers(one *step, all []pair) error {
	for i, p := range all {
		replaced := false
		for _, later := range all[i+1:] {
			replaced = replaced || strings.EqualFold(later.key.Value, p.key.Value)
		}
		values, err := b.texts(p)
		if err != nil {
			return err
		}
		for _, v := range values {
			if !replaced {
				one.Headers = append(one.Headers, p.key.Value+": "+v.Value)
				one.templates = append(one.templates, v)
			}
		}
	}
	return nil
}

func (b *book) checks(one *step, p pair) error {
	all, err := b.texts(p)
	if err != nil {
		return err
	}
	for _, n := range all {
		checks, err := engine.ParseChecks([]string{n.Value})
		if err != nil {
			return b.at(n, err)
		}
		one.Checks = append(one.Checks, checks...)
	}
	return nil
}

// extracts reads NAME: PATH and NAME: {json: PATH}, {regexp: EXPRESSION}, {header: FIELD} or {header: FIELD, regexp: EXPRESSION}.
func (b *book) extracts(one *step, p pair) error {
	all, err := b.pairs(p.value, "extract")
	if err != nil {
		return err
	}
	for _, x := range all {
		if err := engine.CheckName(x.key.Value); err != nil {
			return b.at(x.key, err)
		}
		e, err := b.extract(x)
		if err != nil {
			return err
		}
		one.Extract = append(one.Extract, e)
	}
	return nil
}

func (b *book) extract(x pair) (e engine.Extract, err error) {
	name := x.key.Value
	if x.value.Kind == yaml.ScalarNode {
		if e, err = engine.ExtractJSON(name, x.value.Value); err != nil {
			err = b.at(x.value, err)
		}
		return e, err
	}
	parts, err := b.pairs(x.value, "what is extracted", "json", "regexp", "header")
	if err != nil {
		return e, err
	}
	given := map[string]string{}
	nodes := map[string]*yaml.Node{}
	for _, p := range parts {
		if given[p.key.Value], err = b.text(p); err != nil {
			return e, err
		}
		if given[p.key.Value] == "" {
			return e, b.errorf(p.value, "%s is empty", p.key.Value)
		}
		nodes[p.key.Value] = p.value
	}
	switch {
	case given["header"] != "" && http1.CheckField(given["header"], "") != nil:
		err = b.errorf(nodes["header"], "%q is no name of a header's field, such as Location", given["header"])
	case given["json"] != "" && len(given) == 1:
		if e, err = engine.ExtractJSON(name, given["json"]); err != nil {
			err = b.at(nodes["json"], err)
		}
	case given["regexp"] != "" && given["json"] == "":
		if e, err = engine.ExtractRegexp(name, given["regexp"], given["header"]); err != nil {
			err = b.at(nodes["regexp"], err)
		}
	case given["header"] != "" && len(given) == 1:
		e = engine.ExtractHeader(name, given["header"])
	default:
		err = b.errorf(x.value, "give json, regexp, header, or header and regexp")
	}
	return e, err
}
