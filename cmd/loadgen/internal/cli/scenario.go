package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/scenario"
)

// configs returns the loads of a run: one, or one for each scenario.
func (c *runCommand) configs() ([]engine.Config, error) {
	if err := c.checkScenario(); err != nil {
		return nil, err
	}
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	if c.Scenario == "" {
		return []engine.Config{config}, nil
	}
	if c.Duration == nil && c.Requests == nil {
		config.Duration = defaultDuration // unless all loads turn out to have an end
	}
	configs, err := scenario.Read(c.Scenario, config, c.HTTP2)
	if err != nil || c.Duration != nil || c.Requests != nil {
		return configs, err
	}
	if !slices.ContainsFunc(configs, func(c engine.Config) bool { return !c.Load.Ends() }) {
		for i := range configs {
			configs[i].Duration = 0
		}
	}
	return configs, nil
}

// asScenario takes an argument of run that is a file of YAML for --scenario. args are normalized: values stand in their flags.
func asScenario(args []string, command string) []string {
	for i, arg := range args {
		isFile := strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml")
		if command == "run" && isFile && !strings.HasPrefix(arg, "-") && !strings.Contains(arg, "://") {
			args[i] = "--scenario=" + arg
		}
	}
	return args
}

// checkScenario finds flags that a scenario says itself.
func (c *runCommand) checkScenario() error {
	if c.Scenario == "" {
		return nil
	}
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"method", c.Method != "GET"}, {"body", c.Body != ""}, {"body-file", c.BodyFile != ""}, {"urls", c.URLs != ""}, {"curl", c.Curl != ""},
		{"literal", c.Literal}, {"lenient", c.Lenient}, {"send", c.Send != ""}, {"command", c.Command != ""}, {"replay", c.Replay != ""},
	} {
		if f.given {
			return fmt.Errorf("%s beside a scenario, whose steps say what is sent: leave it out", f.name)
		}
	}
	switch {
	case c.Pipeline != 1:
		return errors.New("pipeline beside a scenario: a user has one request at a time; give more connections")
	case c.Think != 0:
		return errors.New("think beside a scenario: write think into the file, for all steps or for one")
	}
	return nil
}
