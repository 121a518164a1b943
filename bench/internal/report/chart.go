package report

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"
	"math"
	"regexp"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

const (
	chartWidth  = 9 * vg.Centimeter
	chartHeight = 5.5 * vg.Centimeter
	// mostBars is how many bars have room for their names in a chart of that width; one of
	// more is wider.
	mostBars = 8
)

func init() { plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"} }

// magpies are the colours of our own bars, the second that of a single worker's beside two,
// and others those of the peers in turns.
var (
	magpies = []color.RGBA{{R: 0x1b, G: 0x6f, B: 0xb3, A: 0xff}, {R: 0x6d, G: 0xae, B: 0xdd, A: 0xff}}
	others  = []color.RGBA{
		{R: 0x9a, G: 0xa5, B: 0xb1, A: 0xff}, {R: 0xd9, G: 0x8c, B: 0x3f, A: 0xff},
		{R: 0x6b, G: 0xa3, B: 0x68, A: 0xff}, {R: 0xb0, G: 0x7a, B: 0xa1, A: 0xff},
		{R: 0xc4, G: 0x5b, B: 0x5b, A: 0xff}, {R: 0x8c, G: 0x73, B: 0x5a, A: 0xff},
	}
)

func colour(peer string, i int) color.Color {
	switch {
	case peer == suites.Magpie1:
		return magpies[1]
	case peer == suites.Magpie, suites.IsMagpie(peer) && suites.Threads(peer) > 0:
		return magpies[0]
	}
	return others[i%len(others)]
}

// bars draws one metric of one benchmark: a bar for each peer, its median, with a whisker
// from the least to the most and the median in figures, as that of the fastest may be low.
func bars(title string, series []*Series) (string, error) {
	p := plot.New()
	p.Title.Text = title
	p.Y.Label.Text = series[0].Unit
	p.Y.Min = 0
	var names []string
	width := chartWidth * max(1, vg.Length(len(series))/mostBars)
	figures := plotter.XYLabels{}
	for i, e := range series {
		st := e.Stat()
		bar, err := plotter.NewBarChart(plotter.Values{st.Median}, min(width/vg.Length(2*len(series)), 1.5*vg.Centimeter))
		if err != nil {
			return "", err
		}
		bar.XMin = float64(i)
		bar.Color = colour(e.Peer, i)
		bar.LineStyle.Width = 0
		whisker, err := plotter.NewYErrorBars(whiskers{float64(i), st})
		if err != nil {
			return "", err
		}
		p.Add(bar, whisker)
		names = append(names, e.Peer)
		figures.XYs = append(figures.XYs, plotter.XY{X: float64(i), Y: st.Max})
		figures.Labels = append(figures.Labels, short(st.Median))
	}
	labels, err := plotter.NewLabels(figures)
	if err != nil {
		return "", err
	}
	for i := range labels.TextStyle {
		labels.TextStyle[i].XAlign = draw.XCenter
		labels.TextStyle[i].Font = font.From(plot.DefaultFont, vg.Points(8))
	}
	labels.Offset.Y = vg.Points(2)
	p.Add(labels)
	if p.Y.Max <= 0 { // nothing but zeros
		p.Y.Max = 1
	}
	p.NominalX(names...)
	if len(names) > 4 {
		p.X.Tick.Label.Rotation = math.Pi / 7
		p.X.Tick.Label.XAlign = draw.XRight
	}
	return svg(p, width)
}

// whiskers is one point with its range.
type whiskers struct {
	x float64
	Stat
}

func (w whiskers) Len() int                       { return 1 }
func (w whiskers) XY(int) (float64, float64)      { return w.x, w.Median }
func (w whiskers) YError(int) (low, high float64) { return w.Median - w.Min, w.Max - w.Median }

// sized is a benchmark that is one of a row, by its name: timer_reset_1e3, grow_yield_64w.
var sized = regexp.MustCompile(`^(.+)_(1e\d+|\d+w)$`)

// row returns what a benchmark's name has before its size, and the size.
func row(bench string) (name string, size float64, ok bool) {
	m := sized.FindStringSubmatch(bench)
	if m == nil {
		return "", 0, false
	}
	digits := m[2]
	if digits[len(digits)-1] == 'w' {
		digits = digits[:len(digits)-1]
	}
	size, err := strconv.ParseFloat(digits, 64)
	return m[1], size, err == nil
}

// curves draws one metric of a row of benchmarks over their sizes, a line for each peer,
// both axes logarithmic.
func curves(title string, series []*Series) (string, error) {
	p := plot.New()
	p.Title.Text = title
	p.Y.Label.Text = series[0].Unit
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Legend.Top = true
	peers := map[string]plotter.XYs{}
	var order []string
	lowest, highest := math.Inf(1), 0.
	for _, e := range series {
		_, size, _ := row(e.Bench)
		if peers[e.Peer] == nil {
			order = append(order, e.Peer)
		}
		y := e.Stat().Median
		peers[e.Peer] = append(peers[e.Peer], plotter.XY{X: size, Y: y})
		lowest, highest = min(lowest, y), max(highest, y)
	}
	if lowest > 0 {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
		p.Y.Min, p.Y.Max = lowest/2, highest*2
	}
	for i, peer := range order {
		xys := peers[peer]
		slices.SortFunc(xys, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
		line, points, err := plotter.NewLinePoints(xys)
		if err != nil {
			return "", err
		}
		line.Color, points.Color = colour(peer, i), colour(peer, i)
		line.Width = vg.Points(1.5)
		points.Shape = draw.CircleGlyph{}
		p.Add(line, points)
		p.Legend.Add(peer, line)
	}
	return svg(p, chartWidth)
}

// svg draws a plot as an element that stands in a page.
func svg(p *plot.Plot, width vg.Length) (string, error) {
	p.Title.TextStyle.Font.Size = vg.Points(11)
	canvas := vgsvg.New(width, chartHeight)
	p.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", err
	}
	at := bytes.Index(b.Bytes(), []byte("<svg"))
	if at < 0 {
		return "", fmt.Errorf("report: the plot of %q is no SVG", p.Title.Text)
	}
	return string(b.Bytes()[at:]), nil
}
