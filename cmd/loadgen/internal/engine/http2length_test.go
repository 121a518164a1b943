package engine

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// feedHeaders has a connection that has begun a request take the header of its reply, which ends it.
func feedHeaders(t *testing.T, c *h2, block []byte) (outcome, error) {
	t.Helper()
	var out bytes.Buffer
	flags := http2.HeadersFrameParam{StreamID: c.opened, BlockFragment: block, EndHeaders: true, EndStream: true}
	if err := http2.NewFramer(&out, nil).WriteHeaders(flags); err != nil {
		t.Fatal(err)
	}
	n, got, err := c.feed(out.Bytes())
	if n != out.Len() {
		t.Fatalf("took %d of %d bytes, %v", n, out.Len(), err)
	}
	return got, err
}

func h2Client(t *testing.T, method string) *h2 {
	t.Helper()
	c := config(t, "http://h/", 1)
	c.Method = method
	client := h2Of(t, c)
	client.settled = true
	return client
}

// h2Of returns a connection that speaks HTTP/2 and has said what it begins with.
func h2Of(t *testing.T, c Config) *h2 {
	t.Helper()
	c.Target, _ = c.Target.WithHTTP2()
	plan, err := c.h2Plan()
	if err != nil {
		t.Fatal(err)
	}
	p, _ := plan.connection(0)
	client := p.(*h2)
	client.hello()
	return client
}

// However a peer encodes the length, spelt out or by its table, a reply that has none of the content is told from one that has all.
func TestHTTP2LengthOfAReply(t *testing.T) {
	literal := func(first byte, name, value string) []byte {
		return append(append(append([]byte{0x88, first, byte(len(name))}, name...), byte(len(value))), value...)
	}
	for _, sensitive := range []bool{false, true} {
		for _, before := range []string{"", "x-before"} {
			client := h2Client(t, "GET")
			var block bytes.Buffer
			e := hpack.NewEncoder(&block)
			for i := range 12 { // from the second time on the encoder names what is in its table
				length := strconv.Itoa([]int{0, 1234567890, 98}[i/4])
				block.Reset()
				_ = e.WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
				if before != "" {
					_ = e.WriteField(hpack.HeaderField{Name: before, Value: "of no account"})
				}
				_ = e.WriteField(hpack.HeaderField{Name: contentLength, Value: length, Sensitive: sensitive})
				_ = e.WriteField(hpack.HeaderField{Name: "server", Value: "s"})
				client.next(1)
				got, err := feedHeaders(t, client, block.Bytes())
				if empty := length == "0"; empty && (got != answered || err != nil) || !empty && (got != failed || err == nil || !strings.Contains(err.Error(), length)) {
					t.Errorf("sensitive %v, %q before, time %d: no content where %s bytes are told: %d, %v", sensitive, before, i, length, got, err)
				}
			}
		}
	}
	for name, c := range map[string]struct {
		method string
		block  []byte
		want   outcome
	}{
		"spelt out, kept":       {"GET", literal(0x40, contentLength, "7"), failed},
		"spelt out, not kept":   {"GET", literal(0, contentLength, "7"), failed},
		"spelt out, never kept": {"GET", literal(0x10, contentLength, "7"), failed},
		"coded":                 {"GET", append([]byte{0x88, 0x0f, 0x0d}, append([]byte{0x80 | 1}, hpack.AppendHuffmanString(nil, "7")...)...), failed},
		"coded name":            {"GET", append(append([]byte{0x88, 0, 0x80 | byte(len(huffmanContentLength))}, huffmanContentLength...), 1, '7'), failed},
		"another name":          {"GET", literal(0, "content-lengt7", "7"), answered},
		"no number":             {"GET", literal(0, contentLength, "-7"), answered},
		"none":                  {"GET", []byte{0x88}, answered},
		"to HEAD":               {"HEAD", literal(0, contentLength, "7"), answered},
		"of a 304":              {"GET", append([]byte{0x8b}, literal(0, contentLength, "7")[1:]...), answered},
		"of a 404":              {"GET", append([]byte{0x8d}, literal(0, contentLength, "7")[1:]...), failed},
	} {
		client := h2Client(t, c.method)
		client.next(1)
		if got, err := feedHeaders(t, client, c.block); got != c.want || (err != nil) != (c.want == failed) {
			t.Errorf("%s: %d, %v, want %d", name, got, err, c.want)
		}
	}
}

// A header that spells its length out costs no memory.
func TestHTTP2LengthDoesNotAllocate(t *testing.T) {
	client := h2Client(t, "GET")
	block := append([]byte{0x88, 0x0f, 0x0d, 1}, strconv.Itoa(0)...)
	block = append(append(block, 0, 1, 'a', byte(len(http.TimeFormat))), http.TimeFormat...)
	frame := append([]byte{0, 0, byte(len(block)), byte(http2.FrameHeaders), byte(http2.FlagHeadersEndHeaders | http2.FlagHeadersEndStream), 0, 0, 0, 0}, block...)
	exchange := func() {
		client.next(1)
		frame[5], frame[6], frame[7], frame[8] = byte(client.opened>>24), byte(client.opened>>16), byte(client.opened>>8), byte(client.opened)
		if _, got, err := client.feed(frame); got != answered || err != nil {
			t.Fatal(got, err)
		}
	}
	for range 10 {
		exchange()
	}
	if n := testing.AllocsPerRun(200, exchange); n != 0 {
		t.Errorf("%g allocations a reply", n)
	}
}
