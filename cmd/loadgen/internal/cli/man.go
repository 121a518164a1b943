package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type manCommand struct{}

// Run implements the command.
func (*manCommand) Run(e *env) error { return manPage(e.stdout, e.app) }

// manPage writes the manual page, made from what the help is made from.
func manPage(w io.Writer, app *kong.Node) error {
	var b strings.Builder
	b.WriteString(".TH LOADGEN 1 \"\" \"magpie\" \"User Commands\"\n.SH NAME\nloadgen \\- load generator and test server\n.SH SYNOPSIS\n")
	for _, c := range app.Children {
		b.WriteString(".B loadgen " + c.Name + "\n")
		for _, p := range c.Positional {
			b.WriteString(".I " + roff(p.Name) + "\n")
		}
		b.WriteString("[flags]\n.br\n")
	}
	b.WriteString(".SH DESCRIPTION\n" + roff(description) + "\n.SH COMMANDS\n")
	for _, c := range app.Children {
		fmt.Fprintf(&b, ".SS loadgen %s\n%s\n", c.Name, roff(c.Help))
		for _, p := range c.Positional {
			fmt.Fprintf(&b, ".TP\n.I %s\n%s\n", roff(p.Name), roff(p.Help))
		}
		for _, f := range c.Flags {
			if f.Hidden || f.Name == "help" {
				continue
			}
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(flagName(f))), roff(f.Help))
		}
		for _, line := range examples[c.Name] {
			fmt.Fprintf(&b, ".PP\n.EX\n%s\n.EE\n", roff(line))
		}
	}
	b.WriteString(".SH FILES AND ENVIRONMENT\n" + roff(configHelp) + "\n.SH EXIT STATUS\n" + roff(exitHelp) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// roff writes a text so that none of it is an order.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
