package html

import (
	"fmt"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// agentRow is one of the machines that the run was dealt out to.
type agentRow struct {
	Name, State, CPU, Clock, Machine string
	Requests, Failed                 uint64
	Connections                      int
}

func agents(r *stats.Report) (rows []agentRow) {
	for i := range r.Agents {
		a := &r.Agents[i]
		row := agentRow{Name: a.Name, State: a.State, Requests: a.Requests, Failed: a.Failed, Connections: a.Connections}
		if a.Why != "" {
			row.State += ": " + a.Why
		}
		row.CPU = fmt.Sprintf("%.2f of %d", a.CPU.Cores, a.Machine.Cores)
		row.Clock = fmt.Sprintf("%s ±%s", stats.Signed(a.Offset), stats.Human(a.OffBy))
		row.Machine = fmt.Sprintf("%s, %s", a.Machine.CPU, a.Machine.Kernel)
		rows = append(rows, row)
	}
	return rows
}
