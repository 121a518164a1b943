package measure

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Line is one figure of one run.
type Line struct {
	Bench, Peer, Metric string
	Value               float64
	Unit                string
}

func (l Line) String() string {
	return fmt.Sprintf("%s,%s,%s,%.3f,%s", l.Bench, l.Peer, l.Metric, l.Value, l.Unit)
}

// ParseLine reads what [Line.String] and the peer programs print.
func ParseLine(s string) (Line, error) {
	f := strings.Split(s, ",")
	if len(f) != 5 {
		return Line{}, fmt.Errorf("%q has %d fields; want bench,peer,metric,value,unit", s, len(f))
	}
	for i, name := range []string{"bench", "peer", "metric"} {
		if f[i] == "" {
			return Line{}, fmt.Errorf("%q names no %s", s, name)
		}
	}
	v, err := strconv.ParseFloat(f[3], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return Line{}, fmt.Errorf("%q: the value %q is no number", s, f[3])
	}
	return Line{f[0], f[1], f[2], v, f[4]}, nil
}

// ParseLines reads lines until the end of r; empty ones are skipped.
func ParseLines(r io.Reader) ([]Line, error) {
	var lines []Line
	for s := bufio.NewScanner(r); ; {
		if !s.Scan() {
			return lines, s.Err()
		}
		text := strings.TrimSpace(s.Text())
		if text == "" {
			continue
		}
		l, err := ParseLine(text)
		if err != nil {
			return lines, err
		}
		lines = append(lines, l)
	}
}
