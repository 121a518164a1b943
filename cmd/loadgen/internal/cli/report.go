package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

type reportCommand struct {
	File string `arg:"" name:"run.json" help:"What run printed with -o json, or saved as .json; - is standard input."`
	outputFlags
}

// Run implements the command.
func (c *reportCommand) Run(e *env) error {
	out, err := c.open(e.stdout)
	if err != nil {
		return err
	}
	r, err := readReport(c.File)
	if err != nil {
		return usageError{err}
	}
	return out.write(r)
}

// readReport reads a saved run.
func readReport(name string) (*stats.Report, error) {
	from := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	r, err := stats.ReadJSON(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
