package engine

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
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
//
// Before a request is put together each placeholder is a mark: a word that stands in no request otherwise, and that means
// nothing to URLs and header fields. The whole is cut at the marks then.
type templates struct {
	fill    []filler
	feed    *Feed
	next    word.Uint64 // row of feed
	portion Portion     // of several machines, each takes other numbers and rows
}

// turn is the number of the n-th that this machine takes, of all machines'.
func (t *templates) turn(n uint64) uint64 {
	return n*uint64(max(t.portion.Of, 1)) + uint64(t.portion.Index)
}

// filler appends what a placeholder stands for.
type filler func(out []byte, t *templates, f *filling) []byte

// filling is what the placeholders of one connection know.
type filling struct {
	random *rand.Rand
	row    []string // of the request that is filled in
	isPath bool     // what is appended stands in a URL
}

const placeholders = "accepted are {{counter}}, {{counter FROM}}, {{random FROM TO}}, {{uuid}} and {{csv NAME}}; with --literal braces are taken as they are"

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
			return "", fmt.Errorf("template %q: }} is missing; %s", "{{"+rest, placeholders)
		}
		f, err := t.parse(strings.Fields(inner))
		if err != nil {
			return "", fmt.Errorf("template {{%s}}: %w; %s", inner, err, placeholders)
		}
		fmt.Fprintf(&b, "%s%d%s", mark, len(t.fill), mark)
		t.fill = append(t.fill, f)
		text = after
	}
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
			if f.isPath {
				return append(out, url.QueryEscape(f.row[at])...)
			}
			return append(out, f.row[at]...)
		}, nil
	}
	return nil, errors.New("it means nothing")
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

// ReadFeed reads CSV (RFC 4180) whose first line names the columns.
func ReadFeed(name string, r io.Reader) (*Feed, error) {
	all, err := csv.NewReader(r).ReadAll()
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
