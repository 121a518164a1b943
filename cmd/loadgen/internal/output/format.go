package output

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/html"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Format is a way to write a report.
type Format struct {
	Name   string   // as -o has it
	Ending []string // of files that --save writes so
	Write  func(w io.Writer, r *stats.Report) error
}

var formats = []Format{
	{"text", []string{".txt"}, func(w io.Writer, r *stats.Report) error { return r.WriteText(w) }},
	{"json", []string{".json"}, func(w io.Writer, r *stats.Report) error { return r.WriteJSON(w) }},
	{"csv", []string{".csv"}, CSV},
	{"ndjson", []string{".ndjson", ".jsonl"}, NDJSON},
	{"hgrm", []string{".hgrm"}, Percentiles},
	{"hlog", []string{".hlog"}, Log},
	{"html", []string{".html"}, html.Write},
}

// ByName returns the format that -o asks for.
func ByName(name string) (Format, error) {
	var names []string
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("output %q: accepted are %s", name, list(names))
}

// File is a file to write a report to.
type File struct {
	name   string
	format Format
}

// Open finds the format that a file's ending asks for, and sees to it that the file can be written, so that this is not
// found at the end of a run. It leaves what is in it as it is.
func Open(name string) (File, error) {
	ending := strings.ToLower(filepath.Ext(name))
	var endings []string
	for _, f := range formats {
		for _, e := range f.Ending {
			if e != ending {
				endings = append(endings, e)
				continue
			}
			return open(name, f)
		}
	}
	return File{}, fmt.Errorf("file %q: its ending says what is written to it, and accepted are %s", name, list(endings))
}

// OpenAs is Open for a file whose ending does not matter.
func OpenAs(name, format string) (File, error) {
	f, err := ByName(format)
	if err != nil {
		return File{}, err
	}
	return open(name, f)
}

func open(name string, f Format) (File, error) {
	probe, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return File{}, err
	}
	return File{name, f}, probe.Close()
}

// Write writes the report.
func (f File) Write(r *stats.Report) error {
	to, err := os.Create(f.name)
	if err != nil {
		return err
	}
	err = f.format.Write(to, r)
	if closed := to.Close(); err == nil {
		err = closed
	}
	return err
}

func list(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
