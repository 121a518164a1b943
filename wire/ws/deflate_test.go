package ws_test

import (
	"bytes"
	"compress/flate"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/wire/ws"
)

// Section 12: what is compressed comes out as it was, whatever it is and however long.
func TestAutobahnDeflate(t *testing.T) {
	for _, size := range []int{0, 1, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072} {
		text := []byte(strings.Repeat("The magpie (Pica pica) is a bird. ", size/34+1)[:size])
		noise := make([]byte, size)
		r := rand.New(rand.NewPCG(1, uint64(size)))
		for i := range noise {
			noise[i] = byte(r.Uint32())
		}
		for _, inflater := range []*ws.Inflater{{}, {NoContext: true}} {
			for _, data := range [][]byte{text, noise, text} {
				sent := ws.AppendDeflated([]byte("head"), data)
				got, err := inflater.Append([]byte("x"), sent[4:], int64(size))
				if err != nil || string(sent[:4]) != "head" || !bytes.Equal(got[1:], data) || got[0] != 'x' {
					t.Errorf("%d bytes: %d, %v", size, len(got)-1, err)
				}
			}
		}
	}
}

// Sections 12.x.11 to 12.x.18: a compressed message of 128 KiB in fragments, to a server and to a client.
func TestAutobahnDeflateFragments(t *testing.T) {
	noise := make([]byte, 128<<10)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32()) & 0x3f
	}
	small := ws.AppendDeflated(nil, noise)
	for _, size := range []int{256, 1024, 4096, 32768} {
		for _, client := range []bool{false, true} {
			var in []byte
			for at := 0; at < len(small); at += size {
				f := frame{data: string(small[at:min(at+size, len(small))]), more: at+size < len(small), bare: client}
				if at == 0 {
					f.op, f.bits = ws.Binary, 0x40
				}
				in = append(in, bytesOf(f)...)
			}
			got, _, err := read(&ws.Reader{Client: client, Compressed: true}, in, 1000)
			if err != nil || len(got) != 1 {
				t.Fatalf("fragments of %d, client %v: %d messages, %v", size, client, len(got), err)
			}
			var i ws.Inflater
			if data, err := i.Append(nil, []byte(got[0][len("binary:"):]), 1<<20); err != nil || !bytes.Equal(data, noise) {
				t.Errorf("fragments of %d, client %v: %d bytes, %v", size, client, len(data), err)
			}
		}
	}
}

// Section 13: what clients offer, by the numbers, and what a server with windows of 32 KiB agrees to: to none where a smaller one is asked for.
func TestAutobahnOffers(t *testing.T) {
	const plain, noContext = "permessage-deflate", "permessage-deflate; server_no_context_takeover"
	for name, c := range map[string]struct{ offer, want string }{
		"13.1": {plain + "; client_max_window_bits", plain},
		"13.2": {noContext + "; client_max_window_bits", noContext},
		"13.3": {plain + "; client_max_window_bits; server_max_window_bits=9", ""},
		"13.4": {plain + "; client_max_window_bits; server_max_window_bits=15", plain + "; server_max_window_bits=15"},
		"13.5": {noContext + "; client_max_window_bits; server_max_window_bits=9", ""},
		"13.6": {noContext + "; client_max_window_bits; server_max_window_bits=15", noContext + "; server_max_window_bits=15"},
		"13.7": {noContext + "; client_max_window_bits; server_max_window_bits=9, " + noContext + "; client_max_window_bits, " + plain + "; client_max_window_bits", noContext},
	} {
		d, ok := ws.AcceptDeflate(c.offer, 15, false)
		if ok != (c.want != "") || ok && d.String() != c.want {
			t.Errorf("%s: %q, %v; want %q", name, d, ok, c.want)
		}
	}
}

// Section 13: the peer's window goes on from one message to the next, if that was agreed.
func TestAutobahnContextTakeover(t *testing.T) {
	var sent bytes.Buffer
	w, err := flate.NewWriter(&sent, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	var with ws.Inflater
	without := ws.Inflater{NoContext: true}
	failed := false
	text := strings.Repeat("0123456789abcdefghij", 300)
	for i := range 50 {
		sent.Reset()
		message := text[i:]
		w.Write([]byte(message))
		w.Flush()
		one := bytes.TrimSuffix(sent.Bytes(), []byte("\x00\x00\xff\xff"))
		if got, err := with.Append(nil, one, 1<<20); err != nil || string(got) != message {
			t.Fatalf("message %d: %d bytes, %v", i, len(got), err)
		}
		if got, err := without.Append(nil, one, 1<<20); err != nil || string(got) != message {
			failed = true
		}
	}
	if !failed {
		t.Error("the messages did not refer to one another: this tests nothing")
	}
}

func TestInflaterRefuses(t *testing.T) {
	var i ws.Inflater
	if _, err := i.Append(nil, []byte{0xff, 0xff, 0xff}, 100); err != ws.ErrDeflate {
		t.Error(err)
	}
	bomb := ws.AppendDeflated(nil, make([]byte, 10<<20))
	if _, err := i.Append(nil, bomb, 1<<20); err != ws.ErrTooBig {
		t.Errorf("%d bytes that come to 10 MiB: %v", len(bomb), err)
	}
	// A message that ends in the middle of a block.
	whole := ws.AppendDeflated(nil, []byte(strings.Repeat("abc", 100)))
	if _, err := i.Append(nil, whole[:len(whole)/2], 1<<20); err != ws.ErrDeflate {
		t.Error(err)
	}
}

func TestNegotiation(t *testing.T) {
	for offers, want := range map[string]string{
		"permessage-deflate":                         "permessage-deflate",
		"permessage-deflate; client_max_window_bits": "permessage-deflate",
		"permessage-deflate; client_max_window_bits=10; server_no_context_takeover":   "permessage-deflate; server_no_context_takeover",
		"permessage-deflate; server_max_window_bits=15":                               "permessage-deflate; server_max_window_bits=15",
		"permessage-deflate; server_max_window_bits=10, permessage-deflate":           "permessage-deflate",
		`permessage-deflate; server_max_window_bits="15"; client_no_context_takeover`: "permessage-deflate; client_no_context_takeover; server_max_window_bits=15",
		"permessage-deflate; server_max_window_bits=10":                               "",
		"permessage-deflate; server_max_window_bits":                                  "",
		"permessage-deflate; server_max_window_bits=16":                               "",
		"permessage-deflate; server_max_window_bits=015":                              "",
		"permessage-deflate; client_max_window_bits=7":                                "",
		"permessage-deflate; client_max_window_bits; client_max_window_bits":          "",
		"permessage-deflate; server_no_context_takeover=1":                            "",
		"permessage-deflate; what":                                                    "",
		"x-webkit-deflate-frame, permessage-deflate":                                  "permessage-deflate",
		"": "",
	} {
		d, ok := ws.AcceptDeflate(offers, 15, false)
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("%s: %q, %v; want %q", offers, d, ok, want)
		}
	}
	if d, _ := ws.AcceptDeflate("permessage-deflate", 15, true); !d.ServerNoContext || !d.ClientNoContext {
		t.Errorf("%+v", d)
	}
	for answer, want := range map[string]bool{
		"permessage-deflate; client_max_window_bits=12": true, "permessage-deflate; client_max_window_bits": false,
		"permessage-deflate, permessage-deflate": false, "other": false,
	} {
		if _, ok := ws.ParseDeflate(answer); ok != want {
			t.Errorf("%s: %v", answer, ok)
		}
	}
}

// What follows a block that says that it is the last one belongs to the message too (RFC 7692, section 7.2.3.4), and goes on with its window.
func TestLastBlocksInAMessage(t *testing.T) {
	text := strings.Repeat("a magpie and another one, ", 50)
	var window []byte
	ended := func(part string) []byte { // compressed, with a last block at its end
		var b bytes.Buffer
		w, err := flate.NewWriterDict(&b, flate.BestCompression, window)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(part))
		w.Close()
		window = append(window, part...)
		return b.Bytes()
	}
	var message []byte
	for part := range strings.SplitAfterSeq(text[:250], "one,") {
		message = append(message, ended(part)...)
	}
	closed := len(message)
	message = append(message, 0) // an empty block, whose end is not sent
	for _, limit := range []int64{250, 1 << 20, math.MaxInt64} {
		i := new(ws.Inflater)
		for _, m := range [][]byte{message, message[:closed]} {
			if got, err := i.Append([]byte("before "), m, limit); err != nil || string(got) != "before "+text[:250] {
				t.Errorf("limit %d: %q, %v", limit, got, err)
			}
			*i = ws.Inflater{}
		}
		// The next message refers to it.
		if _, err := i.Append(nil, message, limit); err != nil {
			t.Fatal(err)
		}
		next := append(ended(text[:250]), 0)
		if got, err := i.Append(nil, next, limit); err != nil || string(got) != text[:250] {
			t.Errorf("limit %d: the next one is %q, %v", limit, got, err)
		}
		window = window[:250]
	}
	if _, err := new(ws.Inflater).Append(nil, message, 249); err != ws.ErrTooBig {
		t.Errorf("250 bytes, of which 249 may be: %v", err)
	}
	if _, err := new(ws.Inflater).Append(nil, append(bytes.Clone(message[:closed]), "rubbish"...), 1<<20); err != ws.ErrDeflate {
		t.Errorf("with something behind it: %v", err)
	}
	// Each of them costs a window: one that has nothing else is none.
	if _, err := new(ws.Inflater).Append(nil, bytes.Repeat([]byte{3, 0}, 1<<20), 1<<20); err != ws.ErrDeflate {
		t.Errorf("a million of blocks that are the last one: %v", err)
	}
}

// A limit that is as large as there can be is one, and not an overflow.
func TestInflaterWithoutLimit(t *testing.T) {
	for _, limit := range []int64{math.MaxInt64, math.MaxInt64 - 1} {
		if got, err := new(ws.Inflater).Append(nil, ws.AppendDeflated(nil, []byte("magpie")), limit); string(got) != "magpie" || err != nil {
			t.Errorf("%d: %q, %v", limit, got, err)
		}
	}
}
