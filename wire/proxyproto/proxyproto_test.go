package proxyproto_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/wire/proxyproto"
)

var (
	four  = netip.MustParseAddrPort("192.0.2.1:1234")
	four2 = netip.MustParseAddrPort("192.0.2.2:80")
	six   = netip.MustParseAddrPort("[2001:db8::1]:65535")
	six2  = netip.MustParseAddrPort("[2001:db8::2]:0")
)

// v2 is a binary header: version and command, family and transport, and what follows.
func v2(command, family byte, body string) string {
	return "\r\n\r\n\x00\r\nQUIT\n" + string([]byte{command, family, byte(len(body) >> 8), byte(len(body))}) + body
}

// What a sender may write, with what follows it left alone; and cut at any byte it is short.
func TestParse(t *testing.T) {
	addrs := "\xc0\x00\x02\x01\xc0\x00\x02\x02\x04\xd2\x00\x50"
	for text, want := range map[string]proxyproto.Header{
		"PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\n":        {Version: 1, Source: four, Destination: four2},
		"PROXY TCP6 2001:db8::1 2001:db8::2 65535 0\r\n":    {Version: 1, Source: six, Destination: six2},
		"PROXY UNKNOWN\r\n":                                 {Version: 1},
		"PROXY UNKNOWN ffff::1 what ever 99999 x\r\n":       {Version: 1},
		v2(0x21, 0x11, addrs):                               {Version: 2, Source: four, Destination: four2},
		v2(0x21, 0x12, addrs):                               {Version: 2, Source: four, Destination: four2},
		v2(0x21, 0x11, addrs+"\x02\x00\x03abc\x04\x00\x00"): {Version: 2, Source: four, Destination: four2, TLVs: []byte("\x02\x00\x03abc\x04\x00\x00")},
		v2(0x20, 0x00, ""):                                  {Version: 2, Local: true},
		v2(0x20, 0x11, addrs):                               {Version: 2, Local: true},
		v2(0x21, 0x00, ""):                                  {Version: 2},
		v2(0x21, 0x31, strings.Repeat("/", 216)):            {Version: 2},
	} {
		h, n, err := proxyproto.Parse([]byte(text + "GET / HTTP/1.1"))
		if err != nil || n != len(text) || !same(h, want) {
			t.Errorf("%q is %+v of %d bytes, %v; want %+v of %d", text, h, n, err, want, len(text))
		}
		for i := range len(text) {
			if _, n, err := proxyproto.Parse([]byte(text[:i])); err != proxyproto.ErrShort || n != 0 {
				t.Errorf("%q is %d bytes, %v", text[:i], n, err)
			}
		}
	}
}

func same(a, b proxyproto.Header) bool {
	return a.Version == b.Version && a.Local == b.Local && a.Source == b.Source && a.Destination == b.Destination && bytes.Equal(a.TLVs, b.TLVs)
}

// What a sender must not write.
func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"GET / HTTP/1.1\r\n", "proxy TCP4 192.0.2.1 192.0.2.2 1234 80\r\n", "PROXY\r\n", "\r\n\r\n\x00\r\nQUIT\r", "\r\nGET",
		"PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\n", "PROXY TCP4  192.0.2.1 192.0.2.2 1234 80\r\n",
		"PROXY TCP4 192.0.2.1 192.0.2.2 1234 80 \r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1234\r\n",
		"PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP6 fe80::1%1 fe80::2 1 2\r\n",
		"PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n",
		"PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2  2\r\n",
		"PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY \r\n", "PROXY \n", "PROXY UNKNOWNX\r\n",
		"PROXY UNKNOWN " + strings.Repeat("x", 200) + "\r\n", "PROXY UNKNOWN " + strings.Repeat("x", 200),
		v2(0x11, 0x11, strings.Repeat("x", 12)), v2(0x22, 0x11, strings.Repeat("x", 12)), v2(0x21, 0x41, ""), v2(0x21, 0x13, strings.Repeat("x", 12)),
		v2(0x21, 0x11, "short"), v2(0x21, 0x21, strings.Repeat("x", 35)), v2(0x21, 0x31, strings.Repeat("x", 215)),
		v2(0x21, 0x00, "\x01"), v2(0x21, 0x00, "\x01\x00\x02x"), v2(0x21, 0x00, strings.Repeat("\x04\x00\x00", 2000)),
	} {
		if h, n, err := proxyproto.Parse([]byte(text)); err == nil || err == proxyproto.ErrShort || n != 0 {
			t.Errorf("%.60q is taken: %+v, %d, %v", text, h, n, err)
		}
	}
}

// What is appended is what is parsed.
func TestAppend(t *testing.T) {
	tlvs := proxyproto.AppendTLV(proxyproto.AppendTLV(nil, proxyproto.TypeAuthority, []byte("example.com")), proxyproto.TypeNoop, nil)
	for _, h := range []proxyproto.Header{
		{Version: 1}, {Version: 1, Source: four, Destination: four2}, {Version: 1, Source: six, Destination: six2},
		{Version: 2}, {Version: 2, Local: true}, {Version: 2, Source: four, Destination: four2}, {Version: 2, Source: six, Destination: six2, TLVs: tlvs},
	} {
		p, err := proxyproto.Append([]byte("before"), h)
		if err != nil {
			t.Fatal(err)
		}
		got, n, err := proxyproto.Parse(p[6:])
		if err != nil || n != len(p)-6 || !same(got, h) {
			t.Errorf("%+v came back as %+v, %v", h, got, err)
		}
	}
	p, err := proxyproto.Append(nil, proxyproto.Header{Version: 1, Source: four, Destination: six})
	if want := "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::1 1234 65535\r\n"; string(p) != want || err != nil {
		t.Errorf("mixed addresses are %q, %v", p, err)
	}
	for _, h := range []proxyproto.Header{
		{Version: 3}, {Source: four}, {Version: 1, TLVs: tlvs}, {TLVs: []byte{1}}, {TLVs: bytes.Repeat([]byte{4, 0, 0}, 2000)},
		{Source: netip.MustParseAddrPort("[fe80::1%1]:1"), Destination: six},
	} {
		if p, err := proxyproto.Append([]byte("x"), h); err == nil || string(p) != "x" {
			t.Errorf("%+v is written as %q", h, p)
		}
	}
}

// Whatever is parsed is written as it was read, or at least as what is read the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte("PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\nrest"))
	f.Add([]byte(v2(0x21, 0x11, "\xc0\x00\x02\x01\xc0\x00\x02\x02\x04\xd2\x00\x50\x02\x00\x01a")))
	f.Fuzz(func(t *testing.T, p []byte) {
		h, n, err := proxyproto.Parse(p)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes, %v", n, err)
			}
			return
		}
		if n > len(p) || n < 15 {
			t.Fatalf("%d bytes of %d", n, len(p))
		}
		if short, _, err := proxyproto.Parse(p[:n-1]); err != proxyproto.ErrShort {
			t.Fatalf("without its last byte it is %+v, %v", short, err)
		}
		q, err := proxyproto.Append(nil, h)
		if err != nil {
			t.Fatalf("%+v: %v", h, err)
		}
		if again, _, err := proxyproto.Parse(q); err != nil || !same(again, h) {
			t.Fatalf("%+v came back as %+v, %v", h, again, err)
		}
	})
}

func TestParseDoesNotAllocate(t *testing.T) {
	p := []byte(v2(0x21, 0x11, "\xc0\x00\x02\x01\xc0\x00\x02\x02\x04\xd2\x00\x50"))
	if n := testing.AllocsPerRun(100, func() {
		if _, _, err := proxyproto.Parse(p); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func ExampleParse() {
	h, n, err := proxyproto.Parse([]byte("PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\nhello"))
	fmt.Println(h.Source, h.Destination, n, err)
	// Output: 192.0.2.1:1234 192.0.2.2:80 40 <nil>
}

func ExampleAppend() {
	p, err := proxyproto.Append(nil, proxyproto.Header{
		Version: 1, Source: netip.MustParseAddrPort("192.0.2.1:1234"), Destination: netip.MustParseAddrPort("192.0.2.2:80"),
	})
	fmt.Printf("%q %v\n", p, err)
	// Output: "PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\n" <nil>
}
