package report

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

const (
	noisySpread = .15 // between repetitions
	noisyLoad   = .5  // cores that others keep busy
	noisySteal  = .01 // of the time, taken by the hypervisor
)

// tick is the unit of /proc/stat, the same on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// Watch notes what others do on the machine while a run goes on.
type Watch struct {
	start time.Time
	own   time.Duration
	stat  ProcStat
	load  float64
	known bool
}

// StartWatch begins to watch. Where there is no /proc it sees nothing.
func StartWatch() *Watch {
	w := &Watch{start: time.Now(), own: ownCPU()}
	w.stat, w.known = readStat()
	w.load = readLoad()
	return w
}

func ownCPU() time.Duration { return measure.CPU() + measure.ChildrenCPU() }

// Warnings says what may have disturbed the run.
func (w *Watch) Warnings() (warnings []string) {
	if w.load > noisyLoad {
		warnings = append(warnings, fmt.Sprintf("the load average was %.2f when the run began", w.load))
	}
	now, ok := readStat()
	if !w.known || !ok {
		return warnings
	}
	busy := (now.Busy - w.stat.Busy) * tick
	elapsed := time.Since(w.start)
	if others := float64(busy-(ownCPU()-w.own)) / float64(elapsed); others > noisyLoad {
		warnings = append(warnings, fmt.Sprintf("other processes kept %.1f cores busy", others))
	}
	stolen := float64((now.Steal-w.stat.Steal)*tick) / float64(elapsed)
	if stolen > noisySteal {
		warnings = append(warnings, fmt.Sprintf("the hypervisor took %.1f %% of a core away (steal time)", 100*stolen))
	}
	return warnings
}

// ProcStat is the first line of /proc/stat, in ticks.
type ProcStat struct {
	Busy  time.Duration // user, nice and system
	Steal time.Duration
}

// ParseProcStat reads /proc/stat.
func ParseProcStat(s string) (ProcStat, bool) {
	line, _, _ := strings.Cut(s, "\n")
	f := strings.Fields(line)
	if len(f) < 9 || f[0] != "cpu" {
		return ProcStat{}, false
	}
	var n [9]time.Duration
	for i := 1; i < len(n); i++ {
		v, err := strconv.ParseInt(f[i], 10, 64)
		if err != nil {
			return ProcStat{}, false
		}
		n[i] = time.Duration(v)
	}
	return ProcStat{Busy: n[1] + n[2] + n[3], Steal: n[8]}, true
}

func readStat() (ProcStat, bool) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return ProcStat{}, false
	}
	return ParseProcStat(string(b))
}

// readLoad returns the load average of the last minute, or 0.
func readLoad() float64 {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), " ")
	load, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return load
}

// Scatter warns of figures whose repetitions lie far apart, the worst three by name. The
// tails of latencies scatter by nature and are not asked.
func Scatter(s *Set) []string {
	type far struct {
		name   string
		spread float64
	}
	var all []far
	asked := 0
	for _, e := range s.Series {
		st := e.Stat()
		if st.N < 2 || isTail(e.Metric) {
			continue
		}
		asked++
		if sp := math.Abs(st.Spread()); sp > noisySpread {
			all = append(all, far{fmt.Sprintf("%s %s of %s", e.Bench, e.Metric, e.Peer), sp})
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b far) int { return cmp.Compare(b.spread, a.spread) })
	var worst []string
	for _, f := range all[:min(3, len(all))] {
		worst = append(worst, fmt.Sprintf("%s (%.0f %%)", f.name, 100*f.spread))
	}
	return []string{fmt.Sprintf("%d of %d figures differ by more than %.0f %% between repetitions: %s",
		len(all), asked, 100*noisySpread, strings.Join(worst, ", "))}
}

func isTail(metric string) bool {
	return strings.HasSuffix(metric, "p99") || strings.HasSuffix(metric, "p999") || strings.HasSuffix(metric, "max")
}
