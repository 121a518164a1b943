package report

import (
	_ "embed"
	"html/template"
	"io"
	"slices"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// page is what the template shows.
type page struct {
	Command, Tally string
	Machine        Machine
	Warnings       []string
	Targets        []pageTarget
	Suites         []pageSuite
}

type pageTarget struct {
	What, Median, Min, Max, Unit, Limit string
	Measured                            bool
	Class                               string
	Verdict                             Verdict
}

type pageSuite struct {
	Name, Doc string
	Charts    []template.HTML
	Rows      []pageRow
}

type pageRow struct {
	Bench, Peer, Metric, Median, Min, Max, Unit, Ratio string
}

// html prints one page that needs nothing else: its charts are in it.
func (r *Report) html(w io.Writer) error {
	p := page{Command: r.Command, Tally: Tally(r.Outcomes), Machine: r.Machine, Warnings: r.Warnings}
	for _, o := range r.Outcomes {
		p.Targets = append(p.Targets, pageTarget{
			What: o.What(), Median: short(o.Value.Median), Min: short(o.Value.Min), Max: short(o.Value.Max),
			Unit: o.Unit, Limit: o.Limit(), Measured: o.Verdict != Unmeasured,
			Class: string(o.Verdict), Verdict: o.Verdict,
		})
	}
	for _, s := range r.Suites {
		ps, err := r.section(s)
		if err != nil {
			return err
		}
		if len(ps.Rows) > 0 {
			p.Suites = append(p.Suites, ps)
		}
	}
	return pageTemplate.Execute(w, p)
}

// section is the part of the page for one suite.
func (r *Report) section(s suites.Suite) (pageSuite, error) {
	ps := pageSuite{Name: s.Name, Doc: s.Doc}
	charts := map[string][]*Series{} // by title
	var titles []string
	for _, e := range r.Set.Series {
		if !slices.ContainsFunc(s.Jobs, func(j suites.Job) bool { return slices.Contains(j.Benches(), e.Bench) }) {
			continue
		}
		st := e.Stat()
		ps.Rows = append(ps.Rows, pageRow{e.Bench, e.Peer, e.Metric,
			short(st.Median), short(st.Min), short(st.Max), e.Unit, r.ratioTo(e)})
		title := e.Bench
		if name, _, ok := row(e.Bench); ok {
			title = name
		}
		title += ", " + e.Metric
		if charts[title] == nil {
			titles = append(titles, title)
		}
		charts[title] = append(charts[title], e)
	}
	for _, title := range titles {
		drawing := bars
		if isRow(charts[title]) {
			drawing = curves
		}
		chart, err := drawing(title, charts[title])
		if err != nil {
			return ps, err
		}
		// Sound: the plotting library escapes what text is in it.
		ps.Charts = append(ps.Charts, template.HTML(chart))
	}
	return ps, nil
}

// isRow reports whether series are of several sizes of one benchmark.
func isRow(series []*Series) bool {
	_, first, ok := row(series[0].Bench)
	return ok && slices.ContainsFunc(series, func(e *Series) bool {
		_, size, _ := row(e.Bench)
		return size != first
	})
}
