package doubt

import (
	"fmt"
	"strings"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// A run on several machines has a generator on each, and any of them may have been the bottleneck, or noisy. So what is looked
// at by machine is looked at for each.

// generator is what one machine's load generator had and used.
type generator struct {
	name     string // of an agent, as a text begins with it; "" if there are none
	workers  int
	cores    int
	cpu      float64 // mean number of cores busy
	noise    stats.Noise
	duration time.Duration
}

func generators(r *stats.Report) (all []generator) {
	if len(r.Agents) == 0 {
		return []generator{{"", r.Workers, r.Machine.Cores, r.CPU.Cores, r.Noise, time.Duration(r.Duration)}}
	}
	for i := range r.Agents {
		a := &r.Agents[i]
		all = append(all, generator{"agent " + a.Name + ": ", a.Workers, a.Machine.Cores, a.CPU.Cores, a.Noise, time.Duration(a.Duration)})
	}
	return all
}

func agentLost(r *stats.Report, _ *stats.Doubts) (kind, text string) {
	var names []string
	for i := range r.Agents {
		if a := &r.Agents[i]; a.State == "lost" {
			names = append(names, fmt.Sprintf("%s after %v (%s)", a.Name, time.Duration(a.LostAt).Round(time.Millisecond), a.Why))
		}
	}
	if names == nil {
		return "", ""
	}
	return "agent_lost", "agents were lost: " + strings.Join(names, ", ") + "; what they sent after their last reports is in no figure, and the server may have had more to do than is told"
}

func clocksUnsure(r *stats.Report, _ *stats.Doubts) (kind, text string) {
	worst := stats.Agent{}
	for i := range r.Agents {
		if a := &r.Agents[i]; a.OffBy > worst.OffBy {
			worst = *a
		}
	}
	if worst.OffBy < int64(unsure) {
		return "", ""
	}
	return "clocks_unsure", fmt.Sprintf("the agents' clocks could be compared to within %s only (%s): they began as far apart, and their requests are that far from the times that they had on one machine", stats.Human(worst.OffBy), worst.Name)
}
