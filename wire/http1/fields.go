package http1

import (
	"bytes"
	"iter"
)

// What a request with Keep notes are places, not slices: where its header lies in memory may
// change, from the buffer that was read into to one of the request's own, when the server
// keeps it for longer. Bind says where it lies, and costs nothing.

// span is a part of the header, by its distance from the first byte fed since Reset.
type span struct{ at, end uint32 }

type fieldSpan struct{ name, value span }

// lineAt returns where the line that was cut last begins. Its CRLF has been counted.
func (r *Request) lineAt(line []byte) uint32 { return uint32(r.head.size - 2 - len(line)) }

func (r *Request) note(line, name, value []byte) {
	at := r.lineAt(line)
	f := fieldSpan{name: span{at, at + uint32(len(name))}}
	if len(value) > 0 {
		// The two end with the same array, so what their capacities differ by is the
		// distance of their beginnings.
		at += uint32(cap(line) - cap(value))
		f.value = span{at, at + uint32(len(value))}
	}
	r.fields = append(r.fields, f)
}

// Bind says where the header lies: at the first byte that was fed since Reset. What the
// methods below return are parts of header. It may be called again when the bytes have been
// copied elsewhere. A lookup before it panics.
func (r *Request) Bind(header []byte) { r.bytes = header }

// HeadLen returns how many bytes of header have been taken, blank lines before it included.
func (r *Request) HeadLen() int { return r.head.size }

func (r *Request) part(s span) []byte { return r.bytes[s.at:s.end:s.end] }

// Method returns the method, as it was sent.
func (r *Request) Method() []byte { return r.part(r.method) }

// Target returns the request target: a path with its query, an absolute URL, a host and port
// with CONNECT, or *.
func (r *Request) Target() []byte { return r.part(r.target) }

// Path returns the path of the target as it was sent, with its percent signs and without the
// query: "*" of the asterisk form, "/" of an absolute URL without a path, nothing with
// CONNECT.
func (r *Request) Path() []byte {
	path, _ := r.cutTarget()
	path, _, _ = bytes.Cut(path, questionMark)
	if len(path) == 0 && !r.isConnect {
		return slash
	}
	return path
}

// RawQuery returns what stands after the first question mark of the target.
func (r *Request) RawQuery() []byte {
	path, _ := r.cutTarget()
	_, query, _ := bytes.Cut(path, questionMark)
	return query
}

// Host returns the host, with its port if there is one: that of an absolute URL, or the
// Host field.
func (r *Request) Host() []byte {
	if _, host := r.cutTarget(); host != nil {
		return host
	}
	host, _ := r.Get("host")
	return host
}

var (
	questionMark = []byte{'?'}
	slash        = []byte{'/'}
	colonSlashes = []byte("://")
)

// cutTarget returns the target from its path on, and the host if it names one.
func (r *Request) cutTarget() (path, host []byte) {
	target := r.Target()
	if target[0] == '/' || target[0] == '*' {
		return target, nil
	}
	if r.isConnect {
		return nil, target
	}
	scheme, rest, ok := bytes.Cut(target, colonSlashes)
	if !ok || bytes.IndexByte(scheme, '/') >= 0 {
		_, path, _ = bytes.Cut(target, []byte{':'})
		return path, nil
	}
	end := bytes.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host = rest[:end]
	if at := bytes.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	return rest[end:], host
}

// Len returns the number of header fields.
func (r *Request) Len() int { return len(r.fields) }

// Field returns the name, as it was sent, and the value of a field, counted from 0.
func (r *Request) Field(i int) (name, value []byte) {
	f := &r.fields[i]
	return r.part(f.name), r.part(f.value)
}

// Get returns the value of the first field of that name, in whatever case either is
// written, and whether there is one. It does not allocate.
func (r *Request) Get(name string) (value []byte, ok bool) {
	for i := range r.fields {
		f := &r.fields[i]
		if int(f.name.end-f.name.at) == len(name) && EqualFold(r.part(f.name), name) {
			return r.part(f.value), true
		}
	}
	return nil, false
}

// Fields are all header fields in the order they came in, names as they were sent.
func (r *Request) Fields() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for i := range r.fields {
			if !yield(r.Field(i)) {
				return
			}
		}
	}
}

// HasToken reports whether a field of that name lists the token, in whatever case.
func (r *Request) HasToken(name, token string) (has bool) {
	for i := range r.fields {
		if n, list := r.Field(i); EqualFold(n, name) {
			eachToken(list, func(t []byte) { has = has || EqualFold(t, token) })
		}
	}
	return has
}

// Trailers are the fields that came after a body in chunks. They are the Request's until
// Reset.
func (r *Request) Trailers() iter.Seq2[[]byte, []byte] { return r.body.trailers() }

// Trailers are the fields that came after a body in chunks, if Keep was set. They are the
// Response's until Reset.
func (r *Response) Trailers() iter.Seq2[[]byte, []byte] { return r.body.trailers() }

func (b *body) trailers() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for rest := b.kept; len(rest) > 0; {
			var line []byte
			line, rest, _ = bytes.Cut(rest, newline)
			name, value, _ := bytes.Cut(line, []byte{':'})
			if !yield(name, trimBlanks(bytes.TrimSuffix(value, crByte))) {
				return
			}
		}
	}
}
