package live

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Run is what is known of a run before it begins.
type Run struct {
	Title       string // what is asked of whom
	Load        string
	Connections int
	Workers     int
	Duration    time.Duration // 0: not known
	Requests    uint64        // likewise
}

// state is what the view shows.
type state struct {
	Run
	width   int
	now     *stats.Interval // the last one
	elapsed time.Duration
	total   total
	rates   []float64 // a second, of the last intervals
	tails   []float64 // p99 of these, in nanoseconds
	stopped bool      // the run was told to end
}

// total is of the run so far, copied from a report that was lent.
type total struct {
	requests, failed uint64
	rate             float64
	latency, lag     stats.Latency
	isOpen           bool
	asked, achieved  float64
	late             uint64 // shed and not sent
	errors           map[string]uint64
	cpu              float64
	connects         uint64
}

// history is how many intervals the view remembers: the width of the widest terminal.
const history = 400

func (s *state) add(i *stats.Interval, t total) {
	s.now, s.total = i, t
	s.elapsed = time.Duration(i.Start + i.Length)
	s.rates = append(s.rates, i.Rate())
	s.tails = append(s.tails, float64(i.Latency.P99))
	if n := len(s.rates) - history; n > 0 {
		s.rates, s.tails = s.rates[n:], s.tails[n:]
	}
}

func totalOf(r *stats.Report) total {
	t := total{requests: r.Requests, failed: r.Failed, rate: r.RequestRate, latency: r.Latency, errors: r.Errors, cpu: r.CPU.Cores, connects: r.Connects}
	t.latency.Histogram = stats.Histogram{} // that goes on
	if r.Rate != nil && r.Lag != nil {
		t.isOpen, t.asked, t.achieved, t.late = true, r.Rate.Asked, r.Rate.Achieved, r.Rate.Shed+r.Rate.Unsent
		t.lag = *r.Lag
		t.lag.Histogram = stats.Histogram{}
	}
	return t
}

// The styles, as terminals have them whatever their colours are.
const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	red   = "\x1b[31m"
	blue  = "\x1b[34m"
	cyan  = "\x1b[36m"
	plain = "\x1b[0m"
)

// text draws the view: 16 lines at most, none longer than the terminal is wide.
func (s *state) text() string {
	width := min(max(s.width, 40), 120)
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(cut(fmt.Sprintf(format, args...), width) + "\n") }
	line("%s%s%s", bold, s.Title, plain)
	line("%s%d connections, %d workers, %s%s", dim, s.Connections, s.Workers, s.Load, plain)
	line("%s", s.progress(width))
	if s.now == nil {
		line("%swaiting for the first replies%s", dim, plain)
		return b.String()
	}
	t := &s.total
	line("")
	chart := width - 36
	line("%s %s%11s/s%s   %-15s %s", label("rate"), bold, count(s.now.Rate()), plain, "mean "+count(t.rate), s.spark(s.rates, chart, blue))
	line("%s %s%13s%s   %-15s %s", label("p99"), bold, human(s.now.Latency.P99, s.now.Completed), plain, "all "+human(t.latency.P99, t.requests), s.spark(s.tails, chart, cyan))
	line("")
	line("%s%10s%11s%11s%11s%11s%11s%s", dim, "", "p50", "p90", "p99", "p99.9", "max", plain)
	row := func(name string, n uint64, ns ...int64) {
		text := label(name)
		for _, v := range ns {
			text += fmt.Sprintf("%11s", human(v, n))
		}
		line("%s", text)
	}
	now := &s.now.Latency
	row("now", s.now.Completed, now.P50, now.P90, now.P99, now.P999, now.Max)
	row("all", t.requests, t.latency.P50, t.latency.P90, t.latency.P99, t.latency.P999, t.latency.Max)
	if t.isOpen {
		row("lag", t.requests, t.lag.P50, t.lag.P90, t.lag.P99, t.lag.P999, t.lag.Max)
	}
	line("")
	line("%s %d, on %d connections opened, %.2f cores used", label("requests"), t.requests, t.connects, t.cpu)
	if t.isOpen {
		late := ""
		if t.late > 0 {
			late = fmt.Sprintf(", %s%d not sent%s", red, t.late, plain)
		}
		line("%s %s/s of %s/s asked for%s", label("begun"), count(t.achieved), count(t.asked), late)
	}
	line("%s", s.errors())
	return b.String()
}

func label(name string) string { return fmt.Sprintf("%s%-9s%s", dim, name, plain) }

// progress is how far the run has come.
func (s *state) progress(width int) string {
	share, left := -1.0, ""
	switch {
	case s.Duration > 0:
		share = float64(s.elapsed) / float64(s.Duration)
		left = fmt.Sprintf("%v of %v", s.elapsed.Round(100*time.Millisecond), s.Duration)
	case s.Requests > 0:
		share = float64(s.total.requests+s.total.failed) / float64(s.Requests)
		left = fmt.Sprintf("%d of %d", s.total.requests+s.total.failed, s.Requests)
	default:
		left = s.elapsed.Round(100 * time.Millisecond).String()
	}
	if s.stopped {
		left += ", stopping"
	}
	if share < 0 {
		return left
	}
	length := max(width-len(left)-2, 10)
	done := int(min(max(share, 0), 1) * float64(length))
	return blue + strings.Repeat("━", done) + plain + dim + strings.Repeat("─", length-done) + plain + "  " + left
}

// errors tells how many failed, and of which kinds.
func (s *state) errors() string {
	t := &s.total
	if t.failed == 0 {
		return label("errors") + " none"
	}
	text := fmt.Sprintf("%s %s%d%s", label("errors"), red, t.failed, plain)
	for _, kind := range stats.KindNames() {
		if n := t.errors[kind]; n > 0 {
			text += fmt.Sprintf("  %s %d", kind, n)
		}
	}
	return text
}

// spark draws values as bars of eighths, the newest at the right.
func (s *state) spark(values []float64, width int, color string) string {
	if width < 8 {
		return ""
	}
	values = values[max(len(values)-width, 0):]
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	bars := []rune("▁▂▃▄▅▆▇█")
	out := make([]rune, 0, len(values))
	for _, v := range values {
		i := 0
		if most > 0 {
			i = min(int(v/most*8), 7)
		}
		out = append(out, bars[i])
	}
	return color + string(out) + plain
}

func count(f float64) string {
	switch {
	case f >= 1e6:
		return fmt.Sprintf("%.2fM", f/1e6)
	case f >= 1e4:
		return fmt.Sprintf("%.1fk", f/1e3)
	case f >= 100:
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.1f", f)
}

// human is a time, if it is of anything.
func human(ns int64, of uint64) string {
	if of == 0 {
		return "–"
	}
	return stats.Human(ns)
}

// cut shortens a line to what a terminal shows of it, without the escape sequences in it.
func cut(line string, width int) string {
	var b strings.Builder
	shown := 0
	for len(line) > 0 {
		if strings.HasPrefix(line, "\x1b[") {
			if end := strings.IndexByte(line, 'm'); end >= 0 {
				b.WriteString(line[:end+1])
				line = line[end+1:]
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(line)
		line = line[n:]
		if r < ' ' || r == 0x7f {
			r = '?' // of a target's name, it is nothing that a terminal should obey
		}
		if shown++; shown <= width {
			b.WriteRune(r)
		}
	}
	return b.String()
}
