package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" name:"shell" help:"bash, zsh or fish."`
}

// Run implements the command.
func (c *completionCommand) Run(e *env) error {
	write, ok := map[string]func(io.Writer, *kong.Node) error{"bash": bash, "zsh": zsh, "fish": fish}[c.Shell]
	if !ok {
		return usageError{fmt.Errorf("shell %q: accepted are bash, zsh and fish", c.Shell)}
	}
	return write(e.stdout, e.app)
}

// flagWords returns a command's flags, those that take a value with a = behind.
func flagWords(c *kong.Node) (words []string) {
	for _, f := range c.Flags {
		word := "--" + f.Name
		if !f.IsBool() {
			word += "="
		}
		words = append(words, word)
		if f.Tag.Negatable != "" {
			words = append(words, "--no-"+f.Name)
		}
	}
	return words
}

func bash(w io.Writer, app *kong.Node) error {
	var names, cases strings.Builder
	for _, c := range app.Children {
		names.WriteString(" " + c.Name)
		fmt.Fprintf(&cases, "    %s) words='%s' ;;\n", c.Name, strings.Join(flagWords(c), " "))
	}
	_, err := fmt.Fprintf(w, `# bash completion of loadgen
_loadgen() {
  local word=${COMP_WORDS[COMP_CWORD]} words
  case ${COMP_WORDS[1]} in
%s    *) words='%s help' ;;
  esac
  [ "$COMP_CWORD" = 1 ] && words='%s help'
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  case ${COMPREPLY[0]} in *=) compopt -o nospace ;; '') COMPREPLY=($(compgen -f -- "$word")) ;; esac
}
complete -F _loadgen loadgen
`, cases.String(), strings.TrimSpace(names.String()), strings.TrimSpace(names.String()))
	return err
}

func zsh(w io.Writer, app *kong.Node) error {
	var b strings.Builder
	b.WriteString("#compdef loadgen\n# zsh completion of loadgen\n_loadgen() {\n  local -a commands=(\n")
	quote := strings.NewReplacer("'", `'\''`, ":", `\:`, "[", `\[`, "]", `\]`)
	for _, c := range app.Children {
		fmt.Fprintf(&b, "    '%s:%s'\n", c.Name, quote.Replace(c.Help))
	}
	b.WriteString("  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n  case ${words[2]} in\n")
	for _, c := range app.Children {
		fmt.Fprintf(&b, "    %s) _arguments", c.Name)
		for _, f := range c.Flags {
			value := ":value:_files"
			if f.IsBool() {
				value = ""
			}
			equals := ""
			if value != "" {
				equals = "="
			}
			fmt.Fprintf(&b, " \\\n      '--%s%s[%s]%s'", f.Name, equals, quote.Replace(f.Help), value)
		}
		b.WriteString(" \\\n      '*:file:_files' ;;\n")
	}
	b.WriteString("  esac\n}\ncompdef _loadgen loadgen\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func fish(w io.Writer, app *kong.Node) error {
	var b strings.Builder
	quote := strings.NewReplacer(`\`, `\\`, "'", `\'`)
	b.WriteString("# fish completion of loadgen\n")
	for _, c := range app.Children {
		fmt.Fprintf(&b, "complete -c loadgen -f -n __fish_use_subcommand -a %s -d '%s'\n", c.Name, quote.Replace(c.Help))
		for _, f := range c.Flags {
			takes := " -r"
			if f.IsBool() {
				takes = ""
			}
			short := ""
			if f.Short != 0 {
				short = " -s " + string(f.Short)
			}
			fmt.Fprintf(&b, "complete -c loadgen -n '__fish_seen_subcommand_from %s' -l %s%s%s -d '%s'\n", c.Name, f.Name, short, takes, quote.Replace(f.Help))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
