package stats

import (
	"fmt"
	"io"
	"time"
)

// Agent is one of the machines that a run was dealt out to. The figures of the report are those of all of them.
type Agent struct {
	Name        string  `json:"name"`
	State       string  `json:"state"`             // finished, lost, or running while there is no end yet
	Why         string  `json:"reason,omitempty"`  // of a loss
	LostAt      int64   `json:"lost_ns,omitempty"` // since measuring began
	Machine     Machine `json:"machine"`
	Connections int     `json:"connections"` // those that it took over included
	Workers     int     `json:"workers"`
	Duration    int64   `json:"duration_ns"` // measured
	Requests    uint64  `json:"requests"`    // complete exchanges
	Failed      uint64  `json:"failed"`
	CPU         CPU     `json:"loadgen_cpu"` // of one that was lost, all is user
	Noise       Noise   `json:"noise"`
	Offset      int64   `json:"clock_offset_ns"`      // its clock of the day against the coordinator's, at the start
	OffBy       int64   `json:"clock_uncertainty_ns"` // by which that, and its start, may be wrong
}

// writeAgents writes a line for each agent.
func writeAgents(w io.Writer, agents []Agent) {
	for i := range agents {
		a := &agents[i]
		name := "agents"
		if i > 0 {
			name = ""
		}
		state := ""
		if a.State == "lost" {
			state = fmt.Sprintf("lost after %v, ", time.Duration(a.LostAt).Round(time.Millisecond))
		}
		fmt.Fprintf(w, "%-12s %s: %s%d requests, %d errors, %.2f of %d cores; clock %s off, ±%s\n",
			name, a.Name, state, a.Requests, a.Failed, a.CPU.Cores, a.Machine.Cores, Signed(a.Offset), Human(a.OffBy))
	}
}

// Signed is Human with a sign.
func Signed(ns int64) string {
	if ns < 0 {
		return "-" + Human(-ns)
	}
	return "+" + Human(ns)
}
