package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/agents"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// linkFlags say how agents and coordinators find each other.
type linkFlags struct {
	NATS      string `name:"nats" group:"agents" placeholder:"URL" help:"NATS server where they meet (run: one of its own)."`
	NATSToken string `name:"nats-token" group:"agents" placeholder:"TOKEN" help:"Token of that server (run: a random one for its own)."`
	NATSCA    string `name:"nats-ca" group:"agents" placeholder:"FILE" help:"Trust the certificates in FILE; run with a server of its own: ask agents for one of them."`
	NATSCert  string `name:"nats-cert" group:"agents" placeholder:"FILE" help:"Certificate to show; run: also of its own server, which has TLS then."`
	NATSKey   string `name:"nats-key" group:"agents" placeholder:"FILE" help:"Its private key."`
}

func (f *linkFlags) link() agents.Link {
	return agents.Link{URL: f.NATS, Token: f.NATSToken, CA: f.NATSCA, Cert: f.NATSCert, Key: f.NATSKey}
}

// agentsFlags deal a run out.
type agentsFlags struct {
	Agents *int `group:"agents" placeholder:"N" help:"Deal the run out to N machines, where loadgen agent waits."`
	linkFlags
	NATSListen   string        `name:"nats-listen" group:"agents" placeholder:"HOST:PORT" help:"Where its own server listens (127.0.0.1:4222); :4222 for other machines."`
	AgentsWait   time.Duration `name:"agents-wait" group:"agents" default:"1m" placeholder:"1m" help:"How long to wait until all agents are there."`
	AgentTimeout time.Duration `name:"agent-timeout" group:"agents" default:"5s" placeholder:"5s" help:"Silence after which an agent is taken for lost."`
	OnAgentLoss  string        `name:"on-agent-loss" group:"agents" default:"fail" placeholder:"fail" help:"fail: end the run; redistribute: the others take its share."`
}

// check tells what is wrong with the flags of a run that is not dealt out.
func (f *agentsFlags) check() error {
	switch {
	case f.Agents == nil && f.NATS != "":
		return errors.New("nats is for a run on agents: give --agents N too")
	case f.Agents == nil && f.NATSListen != "":
		return errors.New("nats-listen is for a run on agents: give --agents N too")
	case f.NATS != "" && f.NATSListen != "":
		return errors.New("nats and nats-listen exclude one another: give one of them")
	}
	switch f.OnAgentLoss {
	case "fail", "redistribute", "":
		return nil
	}
	return fmt.Errorf("on-agent-loss %q: accepted are fail and redistribute", f.OnAgentLoss)
}

// spec is the command as agents get it: without what is the coordinator's alone.
func (c *runCommand) spec() (json.RawMessage, error) {
	s := *c
	s.outputFlags, s.agentsFlags = outputFlags{}, agentsFlags{}
	s.Prometheus, s.Fail, s.AbortOnFail, s.Live = "", nil, false, false
	return json.Marshal(&s)
}

// coordinate runs the loads on agents.
func (c *runCommand) coordinate(e *env, spec json.RawMessage, loads engine.Loads) (*stats.Report, error) {
	co := agents.Coordinator{
		Link: c.link(), Listen: cmp.Or(c.NATSListen, "127.0.0.1:4222"), Agents: *c.Agents, Wait: c.AgentsWait, Timeout: c.AgentTimeout,
		Redistribute: c.OnAgentLoss == "redistribute", Version: version(), Loads: loads, Spec: spec, Files: c.files.Kept(), Log: e.stderr,
	}
	r, err := co.Run(e.ctx)
	return r, asUsage(err)
}

// asUsage makes an error of package agents that is the user's one of this package.
func asUsage(err error) error {
	var usage *agents.UsageError
	if errors.As(err, &usage) {
		return usageError{usage.Unwrap()}
	}
	return err
}

type agentCommand struct {
	linkFlags
	Name string `placeholder:"NAME" help:"What reports call it (the host's name and its process)."`
}

// Run implements the command.
func (c *agentCommand) Run(e *env) error {
	if c.NATS == "" {
		return usageError{errors.New("where is there work? Give --nats URL, as loadgen run --agents N prints it")}
	}
	if c.Name == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "agent"
		}
		c.Name = fmt.Sprintf("%s:%d", host, os.Getpid())
	}
	a := agents.Agent{Link: c.link(), Name: c.Name, Version: version(), Prepare: prepare, Admit: needDescriptors, Log: e.stderr}
	return asUsage(a.Serve(e.ctx))
}

// prepare makes the loads of a command that a coordinator was given.
func prepare(spec json.RawMessage, files map[string][]byte) (loads engine.Loads, workers int, err error) {
	d := json.NewDecoder(bytes.NewReader(spec))
	d.DisallowUnknownFields()
	c := runCommand{files: engine.TheseFiles(files)}
	if err := d.Decode(&c); err != nil {
		return nil, 0, fmt.Errorf("the coordinator has flags that this version (%s) does not know: %w", version(), err)
	}
	configs, err := c.configs()
	if err != nil {
		return nil, 0, err
	}
	return engine.LoadsOf(configs[0], configs[1:]...), c.Workers, nil
}
