package engine

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/internal/word"
)

// A template is a text with placeholders, which each request fills in anew:
//
//	{{counter}}       1, 2, 3 … over all connections; {{counter 100}} begins at 100
//	{{random 1 6}}    a number from 1 to 6
//	{{uuid}}          a random UUID
//	{{csv name}}      the field of that name, of the next row of a file; all of one request are of the same row
//	{{name}}          a variable of a scenario; in a path it is escaped, as csv is
//	{{raw name}}      a variable as it is, in a path too
//
// Before a request is put together each placeholder is a mark: a word that stands in no request otherwise, and that means
// nothing to URLs and header fields. The whole is cut at the marks then.
type templates struct {
	fill      []filler
	feed      *Feed
	next      word.Uint64    // row of feed
	portion   Portion        // of several machines, each takes other numbers and rows
	names     map[string]int // variables of a scenario; nil: there is none
	constants []Variable     // those that never change
}

// turn is the number of the n-th that this machine takes, of all machines'.
func (t *templates) turn(n uint64) uint64 {
	return n*uint64(max(t.portion.Of, 1)) + uint64(t.portion.Index)
}

// newVariable makes a variable.
func (t *templates) newVariable(name string) int {
	i := len(t.names)
	t.names[name] = i
	return i
}

// filler appends what a placeholder stands for.
type filler func(out []byte, t *templates, f *filling) []byte

// filling is what the placeholders of one connection know.
type filling struct {
	random *rand.Rand
	row    []string // of the request that is filled in, or of its iteration
	place  place
	vars   [][]byte // of a scenario's iteration
}

// place is where it is that a placeholder is filled in.
type place uint8

const (
	inBody place = iota
	inHeader
	inPath
)

const placeholders = "accepted are {{counter}}, {{counter FROM}}, {{random FROM TO}}, {{uuid}} and {{csv NAME}}"

// mark is what a placeholder becomes until it is filled in.
const mark = "mAgPiE"

// marked replaces the placeholders of a text by marks.
func (t *templates) marked(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		b.WriteString(before)
		if !ok {
			return b.String(), nil
		}
		inner, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return "", fmt.Errorf("template %q: }} is missing; %s", "{{"+rest, t.accepted())
		}
		words := strings.Fields(inner)
		if constant, ok := t.constant(words); ok {
			b.WriteString(constant)
			text = after
			continue
		}
		f, err := t.parse(words)
		if err != nil {
			return "", fmt.Errorf("template {{%s}}: %w; %s", inner, err, t.accepted())
		}
		fmt.Fprintf(&b, "%s%d%s", mark, len(t.fill), mark)
		t.fill = append(t.fill, f)
		text = after
	}
}

// accepted says which placeholders there are.
func (t *templates) accepted() string {
	if t.names == nil {
		return placeholders + "; with --literal braces are taken as they are"
	}
	names := slices.Collect(maps.Keys(t.names))
	for _, x := range t.constants {
		names = append(names, x.Name)
	}
	if len(names) == 0 {
		return placeholders + "; there is no variable yet"
	}
	slices.Sort(names)
	return placeholders + ", and the variables known here: " + strings.Join(names, ", ")
}

// constant returns the value of a variable that never changes, if that is what is named.
func (t *templates) constant(words []string) (value string, ok bool) {
	if len(words) == 2 && words[0] == "raw" {
		words = words[1:]
	}
	for _, x := range t.constants {
		if len(words) == 1 && words[0] == x.Name {
			return x.Value, true
		}
	}
	return "", false
}

func (t *templates) parse(words []string) (filler, error) {
	numbers := make([]int64, 0, 2)
	for _, w := range words[min(1, len(words)):] {
		if n, err := strconv.ParseInt(w, 10, 64); err == nil {
			numbers = append(numbers, n)
		}
	}
	switch {
	case len(words) == 0:
		return nil, errors.New("there is nothing in it")
	case words[0] == "counter" && len(words) == 1+len(numbers) && len(numbers) < 2:
		from := int64(1)
		if len(numbers) == 1 {
			from = numbers[0]
		}
		n := new(word.Uint64)
		return func(out []byte, t *templates, _ *filling) []byte {
			return strconv.AppendInt(out, from+int64(t.turn(n.Inc()-1)), 10)
		}, nil
	case words[0] == "random" && len(words) == 3 && len(numbers) == 2 && numbers[0] <= numbers[1] && numbers[1]-numbers[0] >= 0:
		from, width := numbers[0], uint64(numbers[1]-numbers[0])+1
		return func(out []byte, _ *templates, f *filling) []byte {
			return strconv.AppendInt(out, from+int64(f.random.Uint64N(width)), 10)
		}, nil
	case words[0] == "uuid" && len(words) == 1:
		return func(out []byte, _ *templates, f *filling) []byte { return appendUUID(out, f.random) }, nil
	case words[0] == "csv" && len(words) == 2:
		if t.feed == nil {
			return nil, errors.New("there is no --feed FILE to take it from")
		}
		at, ok := t.feed.column(words[1])
		if !ok {
			return nil, fmt.Errorf("there is no column %q in %s: there are %s", words[1], t.feed.name, strings.Join(t.feed.columns, ", "))
		}
		return func(out []byte, t *templates, f *filling) []byte {
			if f.row == nil {
				f.row = t.feed.rows[t.turn(t.next.Inc()-1)%uint64(len(t.feed.rows))]
			}
			return f.place.append(out, f.row[at])
		}, nil
	case len(words) == 1:
		if i, ok := t.names[words[0]]; ok {
			return func(out []byte, _ *templates, f *filling) []byte { return f.place.append(out, text(f.vars[i])) }, nil
		}
	case words[0] == "raw" && len(words) == 2:
		if i, ok := t.names[words[1]]; ok {
			return func(out []byte, _ *templates, f *filling) []byte { return f.place.appendRaw(out, text(f.vars[i])) }, nil
		}
	}
	return nil, errors.New("it means nothing")
}

// append appends a value as it has to be there: in a path as a part of a segment or of the query. The server that has said it, say, cannot
// end a line with it.
func (p place) append(out []byte, value string) []byte {
	if p != inPath {
		return p.appendRaw(out, value)
	}
	for _, c := range []byte(value) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '.' || c == '~' {
			out = append(out, c)
		} else {
			out = appendPercent(out, c) // a blank too: a plus is one in a query only
		}
	}
	return out
}

// appendRaw appends a value as it is, but for what no request can have there.
func (p place) appendRaw(out []byte, value string) []byte {
	if p == inBody {
		return append(out, value...)
	}
	for _, c := range []byte(value) {
		switch {
		case c > ' ' && c < 0x7f || p == inHeader && c >= ' ' && c != 0x7f || p == inHeader && c == '\t':
			out = append(out, c)
		case p == inPath:
			out = appendPercent(out, c)
		default:
			out = append(out, ' ')
		}
	}
	return out
}

func appendPercent(out []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(out, '%', digits[c>>4], digits[c&15])
}

// appendUUID appends a random UUID, of version 4.
func appendUUID(out []byte, r *rand.Rand) []byte {
	const digits = "0123456789abcdef"
	high, low := r.Uint64()&^0xf000|0x4000, r.Uint64()&^(3<<62)|2<<62
	for i := range 32 {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			out = append(out, '-')
		}
		if i < 16 {
			out = append(out, digits[high>>(60-4*i)&15])
		} else {
			out = append(out, digits[low>>(60-4*(i-16))&15])
		}
	}
	return out
}

// piece is a part of a template: a text, and what follows it.
type piece struct {
	text string
	fill filler // nil: nothing, it is the last one
}

// cut cuts a text at its marks.
func (t *templates) cut(text string) (pieces []piece) {
	for {
		before, rest, ok := strings.Cut(text, mark)
		if !ok {
			return append(pieces, piece{text: text})
		}
		number, after, _ := strings.Cut(rest, mark)
		i, err := strconv.Atoi(number)
		if err != nil || i >= len(t.fill) {
			return append(pieces, piece{text: text}) // somebody writes like us
		}
		pieces = append(pieces, piece{before, t.fill[i]})
		text = after
	}
}

func (t *templates) append(out []byte, pieces []piece, f *filling) []byte {
	for i := range pieces {
		out = append(out, pieces[i].text...)
		if fill := pieces[i].fill; fill != nil {
			out = fill(out, t, f)
		}
	}
	return out
}

// Feed is the rows of a file that requests take their fields from, one after the other and then from the first one on again.
type Feed struct {
	name    string
	columns []string
	rows    [][]string
}

// byteOrderMark is what some spreadsheets begin a file with, and is no part of its first column's name.
const byteOrderMark = "\ufeff"

// ReadFeed reads CSV (RFC 4180) whose first line names the columns.
func ReadFeed(name string, r io.Reader) (*Feed, error) {
	b := bufio.NewReader(r)
	if begin, _ := b.Peek(len(byteOrderMark)); string(begin) == byteOrderMark {
		_, _ = b.Discard(len(begin))
	}
	all, err := csv.NewReader(b).ReadAll()
	switch {
	case err != nil:
		return nil, fmt.Errorf("feed %s: %w", name, err)
	case len(all) < 2:
		return nil, fmt.Errorf("feed %s: give CSV with the names of the columns in the first line, and at least one line more", name)
	}
	for i, row := range all[1:] {
		for k, field := range row {
			if strings.ContainsAny(field, "\r\n\x00") {
				return nil, fmt.Errorf("feed %s: row %d, %s: a line end or a zero byte, which no request can carry", name, i+1, all[0][k])
			}
		}
	}
	return &Feed{name, all[0], all[1:]}, nil
}

func (f *Feed) column(name string) (int, bool) {
	for i, c := range f.columns {
		if c == name {
			return i, true
		}
	}
	return 0, false
}
