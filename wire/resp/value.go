package resp

import "strconv"

// Value is a reply that is there as a whole.
type Value struct {
	Kind Kind
	// Text is what Simple, Failure, BulkError, Bulk, Big and Double have, and Verbatim without its format: part of what was
	// parsed.
	Text   []byte
	Format []byte  // of Verbatim: txt, mkd
	Int    int64   // of Int; of Bool, 1 or 0
	Elems  []Value // of Array, Set and Push; of Map, keys and values in turn
}

// IsError reports whether the reply is an error.
func (v *Value) IsError() bool { return v.Kind == Failure || v.Kind == BulkError }

// Parse makes a Value of the reply that p begins with, n bytes; n is 0 if it is incomplete. Attributes are
// passed over. A nil limit means the defaults. Who reads long replies in small pieces asks Reply for the end first, as
// Parse begins anew each time. It allocates the elements of arrays, as they come and not as they are announced.
func Parse(p []byte, l *Limits) (v Value, n int, err error) {
	if l == nil {
		l = new(Limits)
	}
	return parse(p, 0, 0, l)
}

func parse(p []byte, pos, depth int, lim *Limits) (v Value, end int, err error) {
	if depth > maxDepth {
		return v, 0, ErrDepth
	}
	l, n, err := cutLine(p[pos:], lim)
	if n == 0 || err != nil {
		return v, 0, err
	}
	pos += n
	v.Kind = l.kind
	switch {
	case l.bytes >= 0:
		if l.bytes > len(p)-pos {
			return v, 0, nil
		}
		end := pos + l.bytes
		if badEnd(p, end) {
			return v, 0, ErrBulkEnd
		}
		if end+2 > len(p) {
			return v, 0, nil
		}
		v.Text = p[pos:end:end]
		if l.kind == Verbatim {
			if v.Text[3] != ':' {
				return v, 0, ErrVerbatim
			}
			v.Format, v.Text = v.Text[:3:3], v.Text[4:]
		}
		return v, end + 2, nil
	case l.kind == Int:
		v.Int, err = strconv.ParseInt(string(l.text), 10, 64)
		if err != nil {
			return v, 0, ErrNumber
		}
	case l.kind == Bool:
		if l.text[0] == 't' {
			v.Int = 1
		}
	default:
		v.Text = l.text
	}
	for range l.children {
		var e Value
		if e, pos, err = parse(p, pos, depth+1, lim); pos == 0 || err != nil {
			return v, 0, err
		}
		if l.kind != Attribute {
			v.Elems = append(v.Elems, e)
		}
	}
	if l.kind == Attribute {
		return parse(p, pos, depth+1, lim)
	}
	return v, pos, nil
}
