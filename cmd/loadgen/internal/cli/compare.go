package cli

import (
	"fmt"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/compare"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

type compareCommand struct {
	Before      string  `arg:"" name:"before.json" help:"A run that was saved as JSON."`
	After       string  `arg:"" name:"after.json" help:"Another one, of the same load."`
	Least       float64 `default:"1" placeholder:"1" help:"Smallest change that matters, in percent."`
	FailIfWorse bool    `help:"Exit with 99 if a figure is worse."`
	Output      string  `short:"o" default:"text" placeholder:"text" help:"Print it as text or json."`
}

// Run implements the command.
func (c *compareCommand) Run(e *env) error {
	if err := checkOutput(c.Output); err != nil {
		return usageError{err}
	}
	if !(c.Least >= 0 && c.Least <= 100) {
		return usageError{fmt.Errorf("changes from %g percent on: give 0 to 100", c.Least)}
	}
	before, err := readReport(c.Before)
	if err != nil {
		return usageError{err}
	}
	after, err := readReport(c.After)
	if err != nil {
		return usageError{err}
	}
	r, err := compare.Compare(before, after, c.Least/100, 1)
	if err != nil {
		return usageError{err}
	}
	r.Before, r.After = c.Before, c.After
	if c.Output == "json" {
		err = stats.WriteJSON(e.stdout, r)
	} else {
		err = r.WriteText(e.stdout)
	}
	if err != nil || !c.FailIfWorse {
		return err
	}
	for _, f := range r.Figures {
		if f.Verdict == compare.Worse {
			return errGoals
		}
	}
	return nil
}
