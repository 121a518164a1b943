package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

const configHelp = `Flags may be set in a file (--config FILE, or LOADGEN_CONFIG): YAML, with a map of flags for each command, as in "run: {connections: 100, header: ['A: b']}". They may be set in the environment: LOADGEN_REQUESTS_PER_CONNECTION for --requests-per-connection. The command line goes before the environment, and that before the file; of a flag that may be repeated, all are taken.`

// configure puts the flags that a file and the environment set in front of those of the command line, which are kept as the last
// one of a flag counts. args is normalized: the command, and flags as --name=value.
func configure(app *kong.Node, args []string, command string, environment []string) ([]string, error) {
	node := childOf(app, command)
	name := ""
	rest := slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		value, ok := strings.CutPrefix(arg, "--config=")
		if ok {
			name = value
		}
		return ok
	})
	if node == nil {
		return rest, nil
	}
	given := map[string]string{}
	for _, pair := range environment {
		if key, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(key, "LOADGEN_") {
			given[key] = value
		}
	}
	if name == "" {
		name = given["LOADGEN_CONFIG"]
	}
	var before []string
	if name != "" {
		set, err := readConfig(app, node, name)
		if err != nil {
			return nil, fmt.Errorf("config %s: %w", name, err)
		}
		before = set
	}
	for _, f := range node.Flags {
		key := "LOADGEN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value := given[key]; value != "" && f.Name != "help" {
			set, err := setting(f, value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			before = append(before, set)
		}
	}
	at := slices.Index(rest, command) + 1
	return slices.Concat(rest[:at], before, rest[at:]), nil
}

// readConfig returns the flags that a file sets for a command.
func readConfig(app, command *kong.Node, name string) (args []string, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, err
	}
	var file map[string]map[string]yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	for section := range file {
		if childOf(app, section) == nil {
			return nil, fmt.Errorf("there is no command %q", section)
		}
	}
	set := file[command.Name]
	for _, f := range command.Flags {
		node, ok := set[f.Name]
		if !ok {
			continue
		}
		delete(set, f.Name)
		values := []*yaml.Node{&node}
		if node.Kind == yaml.SequenceNode {
			values = node.Content
		}
		for _, v := range values {
			if v.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d: %s wants one value, or a list of them", v.Line, f.Name)
			}
			arg, err := setting(f, v.Value)
			if err != nil {
				return nil, fmt.Errorf("line %d: %s: %w", v.Line, f.Name, err)
			}
			args = append(args, arg)
		}
	}
	for key, node := range set {
		return nil, fmt.Errorf("line %d: %s has no flag --%s", node.Line, command.Name, key)
	}
	return args, nil
}

// setting is a flag with a value as an argument.
func setting(f *kong.Flag, value string) (string, error) {
	if !f.IsBool() {
		return "--" + f.Name + "=" + value, nil
	}
	switch value {
	case "true", "1", "yes":
		return "--" + f.Name, nil
	case "false", "0", "no":
		return "--" + f.Name + "=false", nil
	}
	return "", fmt.Errorf("%q is neither true nor false", value)
}
