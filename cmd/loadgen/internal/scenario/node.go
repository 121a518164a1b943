package scenario

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// file is a file that is read. Its errors say where in it something is wrong.
type file struct{ name string }

// at says of an error where the text stands that it is about.
func (f *file) at(n *yaml.Node, err error) error {
	return fmt.Errorf("%s:%d:%d: %w", f.name, n.Line, n.Column, err)
}

func (f *file) errorf(n *yaml.Node, format string, args ...any) error {
	return f.at(n, fmt.Errorf(format, args...))
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// parse reads YAML.
func (f *file) parse(r io.Reader) (*yaml.Node, error) {
	d := yaml.NewDecoder(r)
	var document, second yaml.Node
	if err := d.Decode(&document); err != nil {
		if err == io.EOF {
			return nil, fmt.Errorf("%s:1:1: there is nothing in it; give a target and steps, or scenarios", f.name)
		}
		line, what := "1", strings.Join(strings.Fields(err.Error()), " ")
		if m := yamlLine.FindStringSubmatch(what); m != nil {
			what = m[2]
			if m[1] != "" {
				line = m[1]
			}
		}
		return nil, fmt.Errorf("%s:%s:1: it is no YAML: %s", f.name, line, what)
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: a second document follows the first: give one", f.name)
	}
	return document.Content[0], nil
}

// follow is the node that an alias stands for.
func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// pair is a key and its value.
type pair struct{ key, value *yaml.Node }

// pairs returns those of a map, in the order of the file. Only the keys named are accepted; none named: all are.
func (f *file) pairs(n *yaml.Node, what string, accepted ...string) (all []pair, err error) {
	n = follow(n)
	if n.Kind != yaml.MappingNode {
		return nil, f.errorf(n, "%s is a map, with %s", what, listed(accepted))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := follow(n.Content[i])
		switch {
		case key.Kind != yaml.ScalarNode:
			return nil, f.errorf(key, "a key of %s is no text", what)
		case accepted != nil && !slices.Contains(accepted, key.Value):
			return nil, f.errorf(key, "%s has no %q: accepted are %s", what, key.Value, strings.Join(accepted, ", "))
		case seen[key.Value]:
			return nil, f.errorf(key, "%q is there twice", key.Value)
		}
		seen[key.Value] = true
		all = append(all, pair{key, follow(n.Content[i+1])})
	}
	return all, nil
}

func listed(accepted []string) string {
	if accepted == nil {
		return "names and values"
	}
	return strings.Join(accepted, ", ")
}

// text is a value that is one text, or a number.
func (f *file) text(p pair) (string, error) {
	if p.value.Kind != yaml.ScalarNode || p.value.Tag == "!!null" {
		return "", f.errorf(p.value, "%s wants one value", p.key.Value)
	}
	return p.value.Value, nil
}

// list is a value that is a list, or one of what such a list has.
func (f *file) list(p pair) ([]*yaml.Node, error) {
	switch {
	case p.value.Kind == yaml.SequenceNode && len(p.value.Content) > 0:
		all := slices.Clone(p.value.Content)
		for i := range all {
			all[i] = follow(all[i])
		}
		return all, nil
	case p.value.Kind == yaml.ScalarNode && p.value.Tag != "!!null":
		return []*yaml.Node{p.value}, nil
	}
	return nil, f.errorf(p.value, "%s wants a list", p.key.Value)
}

// texts is a value that is a text, or a list of texts.
func (f *file) texts(p pair) ([]*yaml.Node, error) {
	all, err := f.list(p)
	for _, n := range all {
		if n.Kind != yaml.ScalarNode {
			return nil, f.errorf(n, "%s wants a text, or a list of them", p.key.Value)
		}
	}
	return all, err
}
