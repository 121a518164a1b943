package client

import (
	"bytes"
	"sync"

	"github.com/magpie-go/magpie/wire/http1"
)

const (
	bufferSize = 8 << 10
	keptFields = 16 << 10 // more room for a header than that is not kept
)

// input is what a response needs while it is read. It comes from a pool and goes back as soon as the response has ended.
type input struct {
	wire   http1.Response
	buf    []byte
	pieces [][]byte // of content, in buf
	fields []byte   // of a response to Pass, a line each

	field func(name, value []byte) // appends to fields
	room  [4][]byte                // for pieces
}

var inputs = sync.Pool{New: func() any {
	in := &input{buf: make([]byte, bufferSize)}
	in.pieces = in.room[:0]
	in.wire.Keep = true
	in.wire.Sink = func(p []byte) { in.pieces = append(in.pieces, p) }
	in.field = func(name, value []byte) {
		in.fields = append(append(in.fields, name...), ':')
		in.fields = append(append(in.fields, value...), '\n')
	}
	return in
}}

func (r *Response) giveInput() {
	in := r.input
	r.input, r.r, r.w = nil, 0, 0
	if len(in.buf) != bufferSize || cap(in.fields) > keptFields {
		return
	}
	in.pieces, in.fields = in.room[:0], in.fields[:0]
	inputs.Put(in)
}

// cutField returns the first of fields, and the others.
func cutField(fields []byte) (name, value, rest []byte) {
	line, rest, _ := bytes.Cut(fields, []byte{'\n'})
	name, value, _ = bytes.Cut(line, []byte{':'})
	return name, value, rest
}
