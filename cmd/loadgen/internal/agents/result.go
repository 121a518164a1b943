package agents

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// taken takes a message of an agent of this run, and answers it.
func (r *run) taken(msg *nats.Msg, m *member, q *request, p *piece) error {
	switch q.Kind {
	case "file":
		var s section
		if err := json.Unmarshal(q.Body, &s); err != nil {
			return err
		}
		content, ok := r.c.Files[s.Name]
		if !ok || s.Offset < 0 || s.Offset > len(content) {
			return fmt.Errorf("there is no file %q with %d bytes", s.Name, s.Offset)
		}
		answer(msg, content[s.Offset:min(s.Offset+sectionSize, len(content))])
	case "ready":
		var b ready
		if err := json.Unmarshal(q.Body, &b); err != nil {
			return err
		}
		answer(msg, nil)
		if b.Error != "" {
			r.fail(m, errors.New(b.Error))
		} else if m.state < prepared {
			m.state = prepared
		}
	case "piece":
		if m.state == running && m.tally.isNew(p, r.c.Loads.Iterations()) {
			r.merger.add(p)
			r.progress()
		}
		m.pulse.counted(p.Number)
		answer(msg, nil)
	case "done":
		var d done
		if err := json.Unmarshal(q.Body, &d); err != nil {
			return err
		}
		answer(msg, nil)
		if m.state == running {
			r.finished(m, &d)
		}
	default:
		return fmt.Errorf("there is no message %q", q.Kind)
	}
	return nil
}

// finished takes the report of an agent.
func (r *run) finished(m *member, d *done) {
	m.done = d
	switch {
	case d.Error != "":
		r.failure = fmt.Errorf("agent %s: %s", m.name, d.Error)
	case d.Left && !r.isStopping:
		r.lose(m, "it was told to end")
	default:
		m.state = finished
	}
	r.progress()
}

// progress tells of the intervals that all who run have counted.
func (r *run) progress() {
	running := r.active()
	if len(running) == 0 {
		return
	}
	through := running[0].tally.through
	for _, m := range running {
		through = min(through, m.tally.through)
	}
	r.merger.tell(r.merger.index(through), r.told)
}

// told is called with each interval.
func (r *run) told(i *stats.Interval) {
	config := r.c.Loads[0]
	if config.Each == nil && config.Stop == nil {
		return
	}
	report := r.report(time.Duration(i.Start + i.Length))
	if config.Each != nil {
		config.Each(i, report)
	}
	if config.Stop != nil && len(config.Stop(report)) > 0 && !r.isStopping {
		r.interrupted = true
		r.stop()
	}
}

// result is the report of all, at the end.
func (r *run) result() (*stats.Report, error) {
	elapsed := time.Duration(0)
	for _, m := range r.members {
		if m.done != nil {
			elapsed = max(elapsed, m.done.Duration)
		}
		if m.state == finished {
			r.unsent += m.done.Unsent // of the others it is known already
		}
	}
	if r.count(finished) == 0 {
		for _, m := range r.members {
			elapsed = max(elapsed, m.tally.through)
			if r.merger.isOpen { // what was due until then is told, as unsent
				end := min(m.lostAt, r.c.Loads.Length()-r.c.Loads[0].Warmup)
				if r.isStopping {
					end = min(end, r.stopped-r.c.Loads[0].Warmup)
				}
				elapsed = max(elapsed, end)
			}
		}
	}
	r.merger.sum.Unsent(r.unsent)
	r.interrupted = r.interrupted || len(r.lost) > 0
	var last *stats.Interval
	r.merger.finish(func(i *stats.Interval) {
		if last != nil {
			r.tellLast(last, elapsed)
		}
		last = i
	})
	report := r.report(elapsed)
	if last != nil && r.c.Loads[0].Each != nil {
		r.c.Loads[0].Each(last, report)
	}
	if len(r.lost) > 0 {
		return report, &LostError{r.lost}
	}
	return report, nil
}

// tellLast tells of an interval that was only complete at the end.
func (r *run) tellLast(i *stats.Interval, elapsed time.Duration) {
	if each := r.c.Loads[0].Each; each != nil {
		each(i, r.report(elapsed))
	}
}

// report is what was counted so far, and by whom.
func (r *run) report(elapsed time.Duration) *stats.Report {
	report := r.merger.report(elapsed, r.usage())
	report.Interrupted = r.interrupted
	begin := at(r.start + r.c.Loads[0].Warmup)
	report.Started = begin.UTC().Format(time.RFC3339Nano)
	for _, m := range r.members {
		report.Agents = append(report.Agents, m.told())
		if d := m.done; d != nil {
			report.Workers += d.Workers
			report.Noise.SameMachine = report.Noise.SameMachine || d.Noise.SameMachine
			report.Noise.Busy = max(report.Noise.Busy, d.Noise.Busy)
			report.Noise.Steal = max(report.Noise.Steal, d.Noise.Steal)
			report.Noise.Preemptions += d.Noise.Preemptions
		}
	}
	return report
}

// told is what a report says of an agent.
func (m *member) told() stats.Agent {
	a := stats.Agent{
		Name: m.name, State: "running", Machine: m.Machine, Requests: m.tally.requests, Failed: m.tally.failed,
		Offset: int64(m.offset.wall), OffBy: int64(m.offset.off), Duration: int64(m.tally.through),
		CPU: stats.CPU{User: int64(m.tally.cpu)},
	}
	for _, lot := range m.portions {
		for _, p := range lot {
			a.Connections += p.Connections
		}
	}
	switch m.state {
	case finished:
		a.State = "finished"
	case gone:
		a.State, a.LostAt, a.Why = "lost", int64(m.lostAt), m.why
	}
	if d := m.done; d != nil {
		a.Workers, a.Noise, a.Duration = d.Workers, d.Noise, int64(d.Duration)
		a.CPU.User, a.CPU.System = int64(d.User), int64(d.System)
	}
	if s := time.Duration(a.Duration).Seconds(); s > 0 {
		a.CPU.Cores = time.Duration(a.CPU.User+a.CPU.System).Seconds() / s
	}
	return a
}
