package live

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	tea "charm.land/bubbletea/v2"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var run = Run{Title: "GET http://host/", Load: "closed loop", Connections: 50, Workers: 2, Duration: 10 * time.Second}

// feed gives intervals of a second, with so many replies of 3 ms each, to a Shower.
func feed(n, replies int, isOpen bool, add func(*stats.Interval, *stats.Report)) {
	g, s := stats.NewGatherer(isOpen), stats.NewShard(isOpen)
	for k := range n {
		for i := range replies {
			if isOpen {
				s.Began(stats.Arrival{N: uint64(i), Lag: time.Microsecond})
			}
			s.Record(stats.Exchange{Latency: 3 * time.Millisecond})
		}
		s.Fail(errors.New("odd"))
		i := g.Cut(s).Interval(time.Duration(k)*time.Second, time.Second, time.Second)
		r := &stats.Report{}
		elapsed := time.Duration(k+1) * time.Second
		if isOpen {
			r.Open(g.Sum(), float64(replies*(k+1)), elapsed)
		}
		r.Fill(g.Sum(), elapsed, stats.Usage{User: elapsed})
		add(i, r)
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9]*m")

func TestViewFitsTheTerminal(t *testing.T) {
	for _, isOpen := range []bool{false, true} {
		for _, width := range []int{0, 40, 80, 200} {
			m := tea.Model(model{state: &state{Run: run}})
			m, _ = m.Update(tea.WindowSizeMsg{Width: width, Height: 24})
			if text := m.View().Content; !strings.Contains(text, "waiting for the first replies") {
				t.Errorf("before the first interval:\n%s", text)
			}
			feed(4, 1000, isOpen, func(i *stats.Interval, r *stats.Report) { m, _ = m.Update(added{i, totalOf(r)}) })
			m, _ = m.Update(stopped{})
			text := escapes.ReplaceAllString(m.View().Content, "")
			shown := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			if len(shown) > 20 {
				t.Errorf("%d lines", len(shown))
			}
			for _, line := range shown {
				if n := utf8.RuneCountInString(line); n > max(width, 40) || n > 120 {
					t.Errorf("%d wide: %d in %q", width, n, line)
				}
			}
			for _, want := range []string{"4s of 10s, stopping", "1000/s", "GET http://host/", "errors    4  other 4", "requests  4000"} {
				if !strings.Contains(text, want) {
					t.Errorf("%d wide: %q is missing in:\n%s", width, want, text)
				}
			}
			if strings.Contains(text, "asked for") != isOpen {
				t.Errorf("an open load %v:\n%s", isOpen, text)
			}
			if m, _ = m.Update(closed{}); m.View().Content != "" {
				t.Error("the view remains")
			}
		}
	}
}

func TestViewWithoutReplies(t *testing.T) {
	m := tea.Model(model{state: &state{Run: Run{Requests: 10}, width: 80}})
	feed(2, 0, false, func(i *stats.Interval, r *stats.Report) { m, _ = m.Update(added{i, totalOf(r)}) })
	text := escapes.ReplaceAllString(m.View().Content, "")
	if !strings.Contains(text, "2 of 10") || !strings.Contains(text, "–") {
		t.Error(text)
	}
}

// What a target is called does not reach the terminal as an order.
func TestCut(t *testing.T) {
	for line, want := range map[string]string{
		"abc": "abc", "abcdef": "abcd", "\x1b[1mabcdef\x1b[0m": "\x1b[1mabcd\x1b[0m", "a\x1bc": "a?c", "a\x07\n": "a??", "äöüßx": "äöüß",
	} {
		if got := cut(line, 4); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	var b bytes.Buffer
	s := New(t.Context(), &b, run)
	feed(12, 1000, false, s.Add)
	s.Close()
	if got := b.String(); strings.Count(got, "\n") != 2 || !strings.HasPrefix(got, "     5s       1000/s  p50  3.0") || !strings.Contains(got, "errors 10\n") {
		t.Errorf("%s", got)
	}
}

// A view on something that cannot be drawn on ends, and leaves nothing behind.
func TestViewEnds(t *testing.T) {
	var b bytes.Buffer
	v := newView(t.Context(), &b, run)
	feed(3, 10, true, v.Add)
	v.Close()
	v.Close()
}
