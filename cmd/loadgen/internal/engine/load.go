package engine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Load is when requests begin. The zero Load is closed: a connection sends its next request when it has a reply.
type Load struct {
	Stages   []Stage         // one after the other
	Replay   []time.Duration // or the times themselves, ascending
	Poisson  bool            // arrivals at random, as those of many users; else evenly spaced
	Burst    int             // so many arrivals at a time, the rate being that of all; 0: 1
	Seed     uint64          // of Poisson: the same seed gives the same times
	Deadline time.Duration   // a request that cannot begin within this time of its arrival is not sent; 0: all are
}

// Stage is a part of a load: a rate in requests a second that goes from one to another.
type Stage struct {
	From, To float64
	For      time.Duration
	Period   time.Duration // not 0: the rate swings between From and To in a sine, beginning at From
}

// MaxRate limits rates: more requests a second than this are a mistake sooner than a wish.
const MaxRate = 100_000_000

// IsOpen reports whether the load goes by the clock.
func (l *Load) IsOpen() bool { return l.Stages != nil || l.Replay != nil }

// Ends reports whether the load has an end of its own.
func (l *Load) Ends() bool { return l.IsOpen() && l.Length() < Forever }

// Length is how long the load lasts.
func (l *Load) Length() (d time.Duration) {
	if n := len(l.Replay); n > 0 {
		return l.Replay[n-1] + 1
	}
	for _, s := range l.Stages {
		if d += s.For; d < 0 {
			return math.MaxInt64
		}
	}
	return d
}

// Asked is how many requests the load has in a part of its time.
func (l *Load) Asked(from, to time.Duration) (n float64) {
	for _, at := range l.Replay {
		if at >= from && at < to {
			n++
		}
	}
	begin := time.Duration(0)
	for i := range l.Stages {
		s := &l.Stages[i]
		in := func(t time.Duration) float64 { return s.until(min(max(t-begin, 0), s.For)) }
		n += in(to) - in(from)
		begin += s.For
	}
	return n
}

// String says what load it is.
func (l *Load) String() string {
	if !l.IsOpen() {
		return "closed loop"
	}
	var b strings.Builder
	if l.Replay != nil {
		fmt.Fprintf(&b, "%d times replayed", len(l.Replay))
	}
	for i := range l.Stages {
		if i > 0 {
			b.WriteString(", then ")
		}
		b.WriteString(l.Stages[i].String())
	}
	if l.Poisson {
		fmt.Fprintf(&b, ", Poisson arrivals of seed %d", l.Seed)
	} else if l.Stages != nil {
		b.WriteString(", evenly spaced")
	}
	if l.Burst > 1 {
		fmt.Fprintf(&b, ", %d at a time", l.Burst)
	}
	if l.Deadline > 0 {
		fmt.Fprintf(&b, ", none later than %v", l.Deadline)
	}
	return b.String()
}

// String says what rate it is.
func (s *Stage) String() string {
	length := ""
	if s.For < Forever {
		length = fmt.Sprintf(" for %v", s.For)
	}
	switch {
	case s.Period > 0:
		return fmt.Sprintf("%g to %g a second, a sine of %v%s", s.From, s.To, s.Period, length)
	case s.From == s.To:
		return fmt.Sprintf("%g a second%s", s.From, length)
	}
	return fmt.Sprintf("%g to %g a second%s", s.From, s.To, length)
}

func (l *Load) check() error {
	if !l.IsOpen() {
		if l.Poisson || l.Burst != 0 || l.Deadline != 0 {
			return errors.New("arrivals, burst and deadline are for a load that has a rate: give one, such as --rate 1000")
		}
		return nil
	}
	switch {
	case l.Stages != nil && l.Replay != nil:
		return errors.New("both a rate and times to replay: give one of them")
	case l.Replay != nil && (l.Poisson || l.Burst != 0):
		return errors.New("arrivals and burst have no meaning with times to replay")
	case l.Burst < 0:
		return fmt.Errorf("a burst of %d: give a number above 0", l.Burst)
	case l.Deadline < 0:
		return fmt.Errorf("a deadline of %v: give one above 0, such as 100ms", l.Deadline)
	}
	for _, s := range l.Stages {
		switch {
		case s.For <= 0:
			return fmt.Errorf("a stage of %v: give a time above 0, such as 10s", s.For)
		case !(min(s.From, s.To) >= 0 && max(s.From, s.To) <= MaxRate):
			return fmt.Errorf("a rate from %g to %g: give rates from 0 to %d", s.From, s.To, MaxRate)
		case s.From+s.To == 0 && len(l.Stages) == 1:
			return errors.New("a rate of 0: give one above, such as 1000")
		case s.Period < 0:
			return fmt.Errorf("a period of %v: give one above 0, such as 10s", s.Period)
		}
	}
	return nil
}

// ParseRate reads a rate in requests a second, with a k or M behind it for thousands and millions.
func ParseRate(text string) (float64, error) {
	f, err := stats.ParseAmount(text)
	if err != nil || f > MaxRate {
		return 0, fmt.Errorf("rate %q: give requests a second from 0 to %d, such as 1000, 2.5k or 1M", text, MaxRate)
	}
	return f, nil
}

// Forever is the length of a stage that does not end before the run does.
const Forever = time.Duration(1 << 62)

// Constant is a rate that stays.
func Constant(rate float64) []Stage { return []Stage{{From: rate, To: rate, For: Forever}} }

// ParseStages reads stages separated by commas: RATE/TIME, FROM-TO/TIME for a ramp, LOW~HIGH@PERIOD/TIME for a sine.
func ParseStages(text string) (stages []Stage, err error) {
	for part := range strings.SplitSeq(text, ",") {
		s, err := parseStage(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("stage %q: %w", part, err)
		}
		stages = append(stages, s)
	}
	return stages, nil
}

func parseStage(text string) (s Stage, err error) {
	rates, length, ok := strings.Cut(text, "/")
	if !ok {
		return s, errors.New("give RATE/TIME, FROM-TO/TIME or LOW~HIGH@PERIOD/TIME, such as 1k/10s")
	}
	if s.For, err = time.ParseDuration(length); err != nil || s.For <= 0 {
		return s, fmt.Errorf("%q is no time above 0, such as 10s", length)
	}
	low, high, sine := strings.Cut(rates, "~")
	if sine {
		var period string
		if high, period, ok = strings.Cut(high, "@"); !ok {
			return s, errors.New("a sine needs a period, as in 100~1k@10s/1m")
		}
		if s.Period, err = time.ParseDuration(period); err != nil || s.Period <= 0 {
			return s, fmt.Errorf("%q is no period above 0, such as 10s", period)
		}
	} else if low, high, ok = strings.Cut(rates, "-"); !ok {
		high = low
	}
	if s.From, err = ParseRate(low); err != nil {
		return s, err
	}
	s.To, err = ParseRate(high)
	return s, err
}

// ReadTimes reads times to replay: seconds, a number a line, ascending. Blank lines, and those that begin with #, are
// passed over.
func ReadTimes(r io.Reader) (times []time.Duration, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f >= 0 && f < 1e9) {
			return nil, fmt.Errorf("line %d: %q is no time in seconds, such as 0.25", n, text)
		}
		at := time.Duration(math.Round(f * float64(time.Second)))
		if len(times) > 0 && at < times[len(times)-1] {
			return nil, fmt.Errorf("line %d: %q comes before the time above it", n, text)
		}
		times = append(times, at)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if times == nil {
		return nil, errors.New("there is no time in it; give seconds, a number a line")
	}
	return times, nil
}
