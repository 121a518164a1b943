package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// status is what the third column of a row says.
type status int

const (
	isCovered status = iota
	isMeaningless
	isMissing
)

// statusNames are the words of the last line, in its order.
var statusNames = [...]string{isCovered: "covered", isMeaningless: "without meaning", isMissing: "missing"}

// row is one case of a table.
type row struct {
	file   string // the table, relative to the module
	line   int
	source string // project and file: "tokio rt_basic.rs"
	name   string // the case
	status status
	tests  []test // of a covered case
}

// test is a test that a row names: "future/coord TestMutex/fair".
type test struct {
	pkg  string // directory, relative to the module
	name string // without the part after the slash
}

// fault is something wrong with a table.
type fault struct {
	file string
	line int
	text string
}

func (f fault) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text) }

var (
	sourceShape = regexp.MustCompile(`^(tokio|tokio-stream|tokio-util|futures-rs) [a-z0-9_]+\.rs$`)
	caseShape   = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*(::[a-z][A-Za-z0-9_]*)*$`)
	testShape   = regexp.MustCompile(`^([a-z0-9_]+(?:/[a-z0-9_]+)*) ((?:Test|Example|Fuzz)[A-Za-z0-9_]*)(/\S+)?$`)
	headShape   = regexp.MustCompile(`^\|( *:?-+:? *\|)+$`)
)

// parse returns the rows of a table file, and what is wrong with others. Each line that
// begins with a bar is a row, but for a header and the line of dashes below it.
func parse(file, text string) (rows []row, faults []fault) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		isHead := i+1 < len(lines) && headShape.MatchString(strings.TrimSpace(lines[i+1]))
		if !strings.HasPrefix(line, "|") || isHead || headShape.MatchString(line) {
			continue
		}
		r, err := parseRow(line)
		if err != nil {
			faults = append(faults, fault{file, i + 1, err.Error()})
			continue
		}
		r.file, r.line = file, i+1
		rows = append(rows, r)
	}
	return rows, faults
}

func parseRow(line string) (row, error) {
	cells := strings.Split(line, "|")
	if len(cells) != 5 || cells[4] != "" {
		return row{}, fmt.Errorf("a row has three columns: | tokio rt_basic.rs | case | test, reason or nothing |")
	}
	r := row{source: strings.TrimSpace(cells[1]), name: strings.TrimSpace(cells[2])}
	if !sourceShape.MatchString(r.source) {
		return row{}, fmt.Errorf("source %q: it is a project (tokio, tokio-stream, tokio-util, futures-rs) and a file, as in %q", r.source, "tokio rt_basic.rs")
	}
	if !caseShape.MatchString(r.name) {
		return row{}, fmt.Errorf("case %q: it is a function's name, after its module's if that is needed, as in %q", r.name, "spawn::spawn_then_drop")
	}
	by := strings.TrimSpace(cells[3])
	switch reason, ok := strings.CutPrefix(by, "-:"); {
	case by == "":
		r.status = isMissing
	case ok && strings.TrimSpace(reason) == "":
		return row{}, fmt.Errorf("case %s: nothing follows %q: say why the case has no meaning in Go", r.name, "-:")
	case ok:
		r.status = isMeaningless
	default:
		r.status = isCovered
		for _, t := range strings.Split(by, ", ") {
			m := testShape.FindStringSubmatch(t)
			if m == nil {
				return row{}, fmt.Errorf("case %s: %q is no test (%q), no reason (%q) and not empty", r.name, t, "future/coord TestMutex", "-: reason")
			}
			r.tests = append(r.tests, test{pkg: m[1], name: m[2]})
		}
	}
	return r, nil
}

// twice returns a fault for each row whose case is listed before it.
func twice(rows []row) (faults []fault) {
	type key struct{ source, name string }
	first := map[key]row{}
	for _, r := range rows {
		k := key{r.source, r.name}
		if f, ok := first[k]; ok {
			faults = append(faults, fault{r.file, r.line, fmt.Sprintf("%s %s is listed before, at %s:%d", r.source, r.name, f.file, f.line)})
			continue
		}
		first[k] = r
	}
	return faults
}

func sortFaults(faults []fault) {
	sort.SliceStable(faults, func(i, j int) bool {
		a, b := faults[i], faults[j]
		if a.file != b.file {
			return a.file < b.file
		}
		return a.line < b.line
	})
}
