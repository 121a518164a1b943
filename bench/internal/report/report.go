package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

// Report is a finished run.
type Report struct {
	Machine  Machine
	Command  string
	Set      *Set
	Suites   []suites.Suite
	Outcomes []Outcome
	Warnings []string
}

// formats are the ways to print a report, by name, with the ending of their files.
var formats = []struct {
	name, ending string
	write        func(*Report, io.Writer) error
}{
	{"text", ".txt", (*Report).text},
	{"csv", ".csv", (*Report).csv},
	{"json", ".json", (*Report).json},
	{"gobench", ".bench", (*Report).gobench},
	{"html", ".html", (*Report).html},
}

// Formats returns the names of the formats.
func Formats() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Known reports whether a format exists.
func Known(format string) bool { return slices.Contains(Formats(), format) }

// Ending returns what a file of a format is named by.
func Ending(format string) string {
	for _, f := range formats {
		if f.name == format {
			return f.ending
		}
	}
	return ""
}

// Write prints the report.
func (r *Report) Write(format string, w io.Writer) error {
	for _, f := range formats {
		if f.name == format {
			return f.write(r, w)
		}
	}
	return fmt.Errorf("report: no format %q", format)
}

// number prints a value to three decimals, without zeros at the end.
func number(v float64) string {
	return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64)
}

// short prints a value for people: three digits or so.
func short(v float64) string {
	switch a := math.Abs(v); {
	case a >= 100 || v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
}
