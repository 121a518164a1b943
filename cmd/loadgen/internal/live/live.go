package live

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Shower shows a run.
type Shower interface {
	// Add shows an interval, and the run so far. Both are lent.
	Add(i *stats.Interval, r *stats.Report)
	// Close ends it. A view is taken off the screen.
	Close()
}

// New returns what suits where it is shown: a view on a terminal, else lines. ctx is done when the run was told to end.
func New(ctx context.Context, w io.Writer, run Run) Shower {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		return newView(ctx, f, run)
	}
	return &lines{w: w}
}

// view is a Shower on a terminal.
type view struct {
	program *tea.Program
	ended   chan struct{}
}

type (
	added struct {
		interval *stats.Interval
		total    total
	}
	stopped struct{}
	closed  struct{}
)

func newView(ctx context.Context, w io.Writer, run Run) *view {
	v := &view{ended: make(chan struct{})}
	v.program = tea.NewProgram(model{state: &state{Run: run, width: 80}}, tea.WithInput(nil), tea.WithOutput(w), tea.WithoutSignalHandler())
	go func() {
		defer close(v.ended)
		_, _ = v.program.Run() // a view that cannot be drawn is no reason to end the run
	}()
	context.AfterFunc(ctx, func() { v.program.Send(stopped{}) })
	return v
}

func (v *view) Add(i *stats.Interval, r *stats.Report) { v.program.Send(added{i, totalOf(r)}) }

func (v *view) Close() {
	v.program.Send(closed{})
	<-v.ended
}

// model is the view as bubbletea has it.
type model struct {
	state  *state
	isOver bool
}

func (m model) Init() tea.Cmd { return nil }

func (m model) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	switch message := message.(type) {
	case tea.WindowSizeMsg:
		m.state.width = message.Width
	case added:
		m.state.add(message.interval, message.total)
	case stopped:
		m.state.stopped = true
	case closed:
		m.isOver = true
		return m, tea.Quit
	}
	return m, nil
}

func (m model) View() tea.View {
	if m.isOver {
		return tea.NewView("")
	}
	return tea.NewView(m.state.text())
}

// lines is a Shower where there is no terminal.
type lines struct {
	w    io.Writer
	last time.Duration
}

// pace is how far lines are apart.
const pace = 5 * time.Second

func (l *lines) Add(i *stats.Interval, r *stats.Report) {
	now := time.Duration(i.Start + i.Length)
	if now-l.last < pace-pace/20 {
		return
	}
	l.last = now
	fmt.Fprintf(l.w, "%7s  %9s/s  p50 %9s  p99 %9s  max %9s  errors %d\n", now.Round(time.Second), count(i.Rate()),
		human(i.Latency.P50, i.Completed), human(i.Latency.P99, i.Completed), human(i.Latency.Max, i.Completed), r.Failed)
}

func (l *lines) Close() {}
