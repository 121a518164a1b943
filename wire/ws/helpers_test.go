package ws_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/magpie-go/magpie/wire/ws"
)

// frame is one as a client sends it.
type frame struct {
	op   ws.Op
	data string
	more bool // not the last fragment
	bits byte // reserved ones that are set
	bare bool // without a mask
}

var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

func (f frame) append(b []byte) []byte {
	h := ws.Header{Final: !f.more, Op: f.op, Masked: !f.bare, Length: int64(len(f.data))}
	if h.Masked {
		h.Mask = key
	}
	at := len(b)
	b = ws.AppendHeader(b, h)
	b[at] |= f.bits
	n := len(b)
	b = append(b, f.data...)
	if h.Masked {
		ws.Mask(b[n:], key, 0)
	}
	return b
}

func bytesOf(frames ...frame) (b []byte) {
	for _, f := range frames {
		b = f.append(b)
	}
	return b
}

// read reads what comes in pieces and returns what it was: messages as text:… or binary:…, control frames as ping:… and so on, and at
// an error how many bytes had been given.
func read(r *ws.Reader, in []byte, size int) (got []string, given int, err error) {
	var buf []byte
	var message []byte
	in = bytes.Clone(in)
	for given < len(in) {
		k := min(size, len(in)-given)
		if len(buf) < 200 { // at another address each time
			buf = bytes.Clone(buf)
		}
		buf = append(buf, in[given:given+k]...)
		given += k
		for len(buf) > 0 {
			e, n, err := r.Next(buf)
			if err != nil {
				return got, given, err
			}
			if n == 0 {
				break
			}
			buf = buf[n:]
			switch {
			case e.Op.IsControl():
				got = append(got, fmt.Sprintf("%s:%s", map[ws.Op]string{ws.Ping: "ping", ws.Pong: "pong", ws.Close: "close"}[e.Op], e.Data))
			default:
				message = append(message, e.Data...)
				if e.Final {
					got = append(got, fmt.Sprintf("%s:%s", map[ws.Op]string{ws.Text: "text", ws.Binary: "binary"}[e.Op], message))
					message = nil
				}
			}
		}
	}
	return got, given, nil
}

// short keeps failures readable.
func short(got []string) string {
	s := fmt.Sprintf("%q", got)
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}

func repeat(n int) string { return strings.Repeat("*", n) }
