package agents

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Protocol is the version of the messages. It grows when one of them changes its meaning. Calls, hellos and refusals stay what they
// are, so that programs of different versions understand why they do not understand each other.
const Protocol = 1

// Subjects.
const (
	callSubject = "loadgen.call"
	toAgent     = "loadgen.agent."
	toRun       = "loadgen.run."
	beats       = ".beat" // behind toRun and a run: heartbeats, which are answered at once whatever else there is to do
)

// request is a message.
type request struct {
	Protocol int             `json:"protocol"`
	Kind     string          `json:"kind"`
	Run      string          `json:"run"`
	From     string          `json:"from,omitempty"` // the agent
	Body     json.RawMessage `json:"body,omitempty"`
}

// reply answers one.
type reply struct {
	Error string          `json:"error,omitempty"`
	Out   bool            `json:"out,omitempty"` // the one who asked is not of this run, or not any more
	Body  json.RawMessage `json:"body,omitempty"`
}

// Bodies.
type (
	hello struct {
		Name    string        `json:"name"`
		Version string        `json:"version"`
		Machine stats.Machine `json:"machine"`
	}
	claim struct {
		Timeout time.Duration `json:"timeout_ns"` // of silence, after which the other side is taken for gone
	}
	refusal struct {
		Reason string `json:"reason"`
	}
	reading struct {
		Clock time.Duration `json:"clock_ns"` // monotonic, since some time in the past
		Wall  int64         `json:"wall_ns"`  // since 1970
	}
	job struct {
		Spec     json.RawMessage  `json:"spec"`
		Files    []file           `json:"files"`
		Portions []engine.Portion `json:"portions"` // of each load
	}
	file struct {
		Name string `json:"name"`
		Size int    `json:"size"`
	}
	section struct { // of a file
		Name   string `json:"name"`
		Offset int    `json:"offset"`
	}
	start struct {
		At time.Duration `json:"at_ns"` // of the agent's clock
	}
	more struct {
		Number   int                `json:"number"`   // from 1 on
		Portions [][]engine.Portion `json:"portions"` // each of all loads
	}
	ready struct {
		Error string `json:"error,omitempty"`
	}
	piece struct {
		Number int           `json:"number"` // from 1 on
		Start  time.Duration `json:"start_ns"`
		Length time.Duration `json:"length_ns"`
		CPU    time.Duration `json:"cpu_ns"`
		Counts *stats.Total  `json:"counts"`
	}
	header struct { // of a piece, to see whether it is new before the rest is read
		Number int `json:"number"`
	}
	done struct {
		Left     bool          `json:"left,omitempty"` // before the end: the agent was told to end
		Error    string        `json:"error,omitempty"`
		Workers  int           `json:"workers"`
		Duration time.Duration `json:"duration_ns"`
		Unsent   uint64        `json:"unsent"`
		User     time.Duration `json:"user_ns"`
		System   time.Duration `json:"system_ns"`
		Noise    stats.Noise   `json:"noise"`
	}
)

// sectionSize is how much of a file one message has. In base64 it is well under a server's usual limit of 1 MiB.
const sectionSize = 512 << 10

// errOut is the answer to an agent that is not of the run.
var errOut = errors.New("not of this run any more")

// encode makes a message.
func encode(kind, run, from string, body any) []byte {
	r := request{Protocol: Protocol, Kind: kind, Run: run, From: from}
	r.Body = encoded(body)
	return encoded(r)
}

func encoded(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // of our own types, none of which fails
	}
	return text
}

// answer replies to a message.
func answer(m *nats.Msg, body any) { _ = m.Respond(encoded(reply{Body: encoded(body)})) }

// deny replies that something is wrong.
func deny(m *nats.Msg, err error) {
	_ = m.Respond(encoded(reply{Error: err.Error(), Out: errors.Is(err, errOut)}))
}

// understood reads a reply.
func understood(data []byte, into any) error {
	var r reply
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("a reply that is none of this protocol: %w", err)
	}
	switch {
	case r.Out:
		return errOut
	case r.Error != "":
		return errors.New(r.Error)
	case into == nil:
		return nil
	}
	return json.Unmarshal(r.Body, into)
}
