package doubt

import (
	"fmt"
	"strings"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// The bounds of what is worth a warning.
const (
	enough     = 10                     // samples beyond a percentile, for it to be more than chance
	busy       = 0.9                    // of this program's workers' cores
	late       = time.Millisecond       // own lag at p99
	lateShare  = 0.1                    // of the latency's p99; less is of no account
	stolen     = 0.01                   // of the cores' time
	preempted  = 500                    // times a second and worker
	unlikely   = 0.01                   // by chance
	drifted    = 0.1                    // of the median, from begin to end
	related    = 0.5                    // the autocorrelation
	off        = 0.05                   // the distance of two distributions of gaps
	unevenness = 0.5                    // of even gaps, the mean difference
	unsure     = time.Millisecond       // by which agents' clocks may differ from what is estimated
	shortest   = 100 * time.Microsecond // the lag that is the clock's and the timers' own
)

// Examine returns how far a report of a run that has ended is to be believed.
func Examine(r *stats.Report) *stats.Doubts {
	d := &stats.Doubts{Confidence: []stats.Bounds{}, Warnings: []stats.Warning{}}
	if h := r.Latency.Histogram; !h.IsZero() && h.TotalCount() > 0 {
		for _, p := range percentiles {
			d.Confidence = append(d.Confidence, Bounds(h.Histogram, p))
		}
	}
	var medians, means []float64
	for _, i := range Whole(r.Series) {
		if i.Completed > 0 {
			medians = append(medians, float64(i.Latency.P50))
			means = append(means, float64(i.Latency.Mean))
		}
	}
	d.Trend, d.Independence = Trend(medians), Relation(means)
	d.Arrivals = Arrivals(r.Gaps, r.Poisson)
	for _, look := range []func(*stats.Report, *stats.Doubts) (kind, text string){
		generatorBusy, generatorLate, sameMachine, noisyMachine, rateNotKept, arrivalsOff, tooFew, drifting, dependent, tooLong, agentLost, clocksUnsure,
	} {
		if kind, text := look(r, d); text != "" {
			d.Warnings = append(d.Warnings, stats.Warning{Kind: kind, Text: text})
		}
	}
	return d
}

// Whole returns the intervals without a last one that the end has cut short.
func Whole(s stats.Series) stats.Series {
	if n := len(s); n > 1 && s[n-1].Length < s[0].Length/2 {
		return s[:n-1]
	}
	return s
}

func generatorBusy(r *stats.Report, _ *stats.Doubts) (kind, text string) {
	for _, g := range generators(r) {
		workers := g.workers
		if g.cores > 0 {
			workers = min(workers, g.cores)
		}
		if workers > 0 && g.cpu >= busy*float64(workers) {
			return "generator_busy", fmt.Sprintf("%sthe load generator was busy all the time (%.2f of %d cores): it is measured as much as the server; give it more cores, or less load", g.name, g.cpu, workers)
		}
	}
	return "", ""
}

func generatorLate(r *stats.Report, _ *stats.Doubts) (kind, text string) {
	if r.OwnLag == nil || r.OwnLag.P99 < int64(late) && (r.OwnLag.P99 < int64(shortest) || float64(r.OwnLag.P99) < lateShare*float64(r.Latency.P99)) {
		return "", ""
	}
	return "generator_late", fmt.Sprintf("the load generator sent late: 1 request in 100 began %s or more after its time though a connection was waiting for it, and the latencies have that in them", stats.Human(r.OwnLag.P99))
}

func sameMachine(r *stats.Report, _ *stats.Doubts) (kind, text string) {
	for _, g := range generators(r) {
		if !g.noise.SameMachine {
			continue
		}
		cores := "the same cores"
		if g.noise.Busy > 0 && g.cores > 0 {
			cores = fmt.Sprintf("the same %d cores, of which %.1f were busy", g.cores, g.noise.Busy)
		}
		return "same_machine", g.name + "the server runs on this machine too, on " + cores + ": each slows the other; keep them apart with taskset, or put the server on another machine"
	}
	return "", ""
}

func noisyMachine(r *stats.Report, _ *stats.Doubts) (kind, text string) {
	for _, g := range generators(r) {
		var what []string
		if g.noise.Steal >= stolen {
			what = append(what, fmt.Sprintf("the hypervisor gave %.1f %% of the cores' time to other machines", 100*g.noise.Steal))
		}
		if s := g.duration.Seconds(); s > 0 && !g.noise.SameMachine {
			if each := float64(g.noise.Preemptions) / s / float64(max(g.workers, 1)); each >= preempted {
				what = append(what, fmt.Sprintf("others took this program's cores %.0f times a second from each worker", each))
			}
		}
		if what != nil {
			return "machine_noisy", g.name + "the machine was not this program's alone: " + strings.Join(what, ", and ")
		}
	}
	return "", ""
}

func rateNotKept(r *stats.Report, _ *stats.Doubts) (kind, text string) {
	if r.Rate == nil || r.Rate.IsKept() {
		return "", ""
	}
	return "rate_not_kept", fmt.Sprintf("the rate could not be kept: %.1f of %.1f a second began", r.Rate.Achieved, r.Rate.Asked)
}

func arrivalsOff(r *stats.Report, d *stats.Doubts) (kind, text string) {
	a := d.Arrivals
	switch {
	case a == nil || a.Gaps < 100:
		return "", ""
	case r.Poisson && a.P < unlikely && a.Distance >= off:
		return "arrivals_off", fmt.Sprintf("the requests were not sent as a Poisson process is: Anderson–Darling %.1f of %d gaps, which are %.2f off at most: some waited for a connection, or for this program, for longer than they are apart", a.AD, a.Gaps, a.Distance)
	case !r.Poisson && a.Off >= unevenness:
		return "arrivals_off", fmt.Sprintf("the requests were not sent evenly: the gaps between them are off by %.0f %% in the mean", 100*a.Off)
	}
	return "", ""
}

func tooFew(r *stats.Report, d *stats.Doubts) (kind, text string) {
	for _, b := range d.Confidence {
		if b.Beyond < enough {
			return "too_few_samples", fmt.Sprintf("p%g and above stand on too little: %d of %d requests were slower than p%g; measure for longer, or do not use it", b.Percentile, b.Beyond, r.Requests, b.Percentile)
		}
	}
	return "", ""
}

func drifting(_ *stats.Report, d *stats.Doubts) (kind, text string) {
	t := d.Trend
	if t == nil || t.P >= unlikely || max(t.Drift, -t.Drift) < drifted {
		return "", ""
	}
	way := "rose"
	if t.Drift < 0 {
		way = "fell"
	}
	return "not_stationary", fmt.Sprintf("the median latency %s by %.0f %% from begin to end (chance has p = %.2g): figures for the whole run are of no state that the server was in; give it a --warmup, or measure for longer", way, 100*max(t.Drift, -t.Drift), t.P)
}

func dependent(_ *stats.Report, d *stats.Doubts) (kind, text string) {
	if i := d.Independence; i != nil && i.Lag1 > max(i.Bound, related) {
		return "dependent", fmt.Sprintf("an interval's mean latency tells the next one's (autocorrelation %.2f, by chance under %.2f): the samples are worth fewer than they are, and the confidence intervals are too narrow", i.Lag1, i.Bound)
	}
	return "", ""
}

func tooLong(r *stats.Report, _ *stats.Doubts) (kind, text string) {
	if r.Latency.OverLimit == 0 {
		return "", ""
	}
	return "over_limit", fmt.Sprintf("%d requests took longer than 60 s, and count as that in all but the maximum", r.Latency.OverLimit)
}
