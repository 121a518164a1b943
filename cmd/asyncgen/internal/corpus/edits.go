package corpus

import (
	"slices"
	"strings"
)

// edits are insertions into a source text, and replacements. A rewritten program is its source with
// words put in, so that comments, directives and nearly all line numbers stay.
type edits struct {
	list []edit
}

type edit struct {
	from, to int // what is replaced; to is from for an insertion
	class    int // order at one place: what closes, what stands between, what opens
	text     string
}

const (
	closing = iota
	between
	opening
)

func (e *edits) insert(at, class int, text string) {
	e.list = append(e.list, edit{at, at, class, text})
}

func (e *edits) replace(from, to int, text string) {
	e.list = append(e.list, edit{from, to, between, text})
}

// apply returns src edited. At one place the order of insertion counts within a class: openings
// are inserted from the outside in, closings from the inside out.
func (e *edits) apply(src []byte) string {
	slices.SortStableFunc(e.list, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.class - b.class
	})
	var out strings.Builder
	at := 0
	for _, ed := range e.list {
		if ed.from > at {
			out.Write(src[at:ed.from])
			at = ed.from
		}
		out.WriteString(ed.text)
		at = max(at, ed.to)
	}
	out.Write(src[at:])
	return out.String()
}
