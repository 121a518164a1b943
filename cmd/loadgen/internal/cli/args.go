package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// normalize writes every flag of args in the one form that leaves kong nothing to guess,
// --name=value, so that the argument after a flag that wants a value is its value,
// whatever it looks like. Flags may be given as Go's tools take them too: -size 64 for
// --size 64, and -c=2 for -c 2.
//
// The words help and version in front of all are taken for the flags of that name.
//
// A flag without a value is an error: one at the end of args, and one that is followed
// by just the name of another, which is more often forgotten than meant.
func normalize(app *kong.Node, args []string) (out []string, command string, err error) {
	if len(args) > 0 && (args[0] == "help" || args[0] == "version") {
		args = append(slices.Clone(args[1:]), "--"+args[0])
	}
	at := app
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...), command, nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			if child := childOf(at, arg); child != nil {
				at, command = child, arg
			}
			out = append(out, arg)
			continue
		}
		f, value, valued := find(at, arg)
		switch {
		case f == nil:
			out = append(out, arg) // kong tells that it knows none of that name
		case valued:
			out = append(out, "--"+f.Name+"="+value)
		case f.IsBool():
			out = append(out, "--"+f.Name)
		case i+1 == len(args):
			return nil, command, fmt.Errorf("the value of %s is missing", f)
		default:
			i++
			if isName(at, args[i]) {
				return nil, command, fmt.Errorf("the value of %s is missing; if %s is meant to be it, write --%s=%s", f, args[i], f.Name, args[i])
			}
			out = append(out, "--"+f.Name+"="+args[i])
		}
	}
	return out, command, nil
}

// find returns the flag that arg is, and its value if there is one in arg.
func find(at *kong.Node, arg string) (f *kong.Flag, value string, valued bool) {
	name, value, valued := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
	double := strings.HasPrefix(arg, "--")
	for _, f := range flagsOf(at) {
		if f.Name == name || !double && string(f.Short) == name {
			return f, value, valued
		}
	}
	if double {
		return nil, "", false
	}
	for _, f := range flagsOf(at) { // -c2
		if f.Short != 0 && !f.IsBool() && strings.HasPrefix(arg[1:], string(f.Short)) {
			return f, arg[1+len(string(f.Short)):], true
		}
	}
	return nil, "", false
}

// isName reports whether arg is a flag and no more than that.
func isName(at *kong.Node, arg string) bool {
	if len(arg) < 2 || arg[0] != '-' {
		return false
	}
	f, _, valued := find(at, arg)
	return f != nil && !valued
}

// flagsOf returns the flags that may stand at that command.
func flagsOf(at *kong.Node) (flags []*kong.Flag) {
	for ; at != nil; at = at.Parent {
		flags = append(flags, at.Flags...)
	}
	return flags
}

func childOf(at *kong.Node, name string) *kong.Node {
	for _, child := range at.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}
