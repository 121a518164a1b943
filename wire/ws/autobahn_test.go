package ws_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/wire/ws"
)

// The cases of the Autobahn testsuite that concern frames, by their numbers: sections 1 to 7. What a server is to do beyond
// reading is tested in serve/ws.
var cases = []struct {
	name   string
	frames []frame
	want   []string
	err    error
}{
	{"1.1.1", []frame{{op: ws.Text}}, []string{"text:"}, nil},
	{"1.1.2", []frame{{op: ws.Text, data: repeat(125)}}, []string{"text:" + repeat(125)}, nil},
	{"1.1.3", []frame{{op: ws.Text, data: repeat(126)}}, []string{"text:" + repeat(126)}, nil},
	{"1.1.4", []frame{{op: ws.Text, data: repeat(127)}}, []string{"text:" + repeat(127)}, nil},
	{"1.1.5", []frame{{op: ws.Text, data: repeat(128)}}, []string{"text:" + repeat(128)}, nil},
	{"1.1.6", []frame{{op: ws.Text, data: repeat(65535)}}, []string{"text:" + repeat(65535)}, nil},
	{"1.1.7", []frame{{op: ws.Text, data: repeat(65536)}}, []string{"text:" + repeat(65536)}, nil},
	{"1.2.1", []frame{{op: ws.Binary}}, []string{"binary:"}, nil},
	{"1.2.2", []frame{{op: ws.Binary, data: strings.Repeat("\xfe", 125)}}, []string{"binary:" + strings.Repeat("\xfe", 125)}, nil},
	{"1.2.3", []frame{{op: ws.Binary, data: strings.Repeat("\xfe", 126)}}, []string{"binary:" + strings.Repeat("\xfe", 126)}, nil},
	{"1.2.7", []frame{{op: ws.Binary, data: strings.Repeat("\xfe", 65536)}}, []string{"binary:" + strings.Repeat("\xfe", 65536)}, nil},

	{"2.1", []frame{{op: ws.Ping}}, []string{"ping:"}, nil},
	{"2.2", []frame{{op: ws.Ping, data: "Hello, world!"}}, []string{"ping:Hello, world!"}, nil},
	{"2.3", []frame{{op: ws.Ping, data: "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}}, []string{"ping:\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}, nil},
	{"2.4", []frame{{op: ws.Ping, data: repeat(125)}}, []string{"ping:" + repeat(125)}, nil},
	{"2.5", []frame{{op: ws.Ping, data: repeat(126)}}, nil, ws.ErrControlSize},
	{"2.7", []frame{{op: ws.Pong}}, []string{"pong:"}, nil},
	{"2.8", []frame{{op: ws.Pong, data: "unsolicited"}}, []string{"pong:unsolicited"}, nil},
	{"2.9", []frame{{op: ws.Pong, data: "x"}, {op: ws.Ping, data: "y"}}, []string{"pong:x", "ping:y"}, nil},
	{"2.10", slices.Repeat([]frame{{op: ws.Ping, data: "p"}}, 10), slices.Repeat([]string{"ping:p"}, 10), nil},

	{"3.1", []frame{{op: ws.Text, data: "a", bits: 0x10}}, nil, ws.ErrReserved},
	{"3.2", []frame{{op: ws.Text, data: "a"}, {op: ws.Text, data: "b", bits: 0x20}, {op: ws.Ping}}, []string{"text:a"}, ws.ErrReserved},
	{"3.3", []frame{{op: ws.Text, data: "a"}, {op: ws.Text, data: "b", bits: 0x30}}, []string{"text:a"}, ws.ErrReserved},
	{"3.4", []frame{{op: ws.Text, data: "a"}, {op: ws.Text, data: "b", bits: 0x40}}, []string{"text:a"}, ws.ErrReserved},
	{"3.5", []frame{{op: ws.Binary, data: "a", bits: 0x50}}, nil, ws.ErrReserved},
	{"3.6", []frame{{op: ws.Ping, data: "a", bits: 0x60}}, nil, ws.ErrReserved},
	{"3.7", []frame{{op: ws.Close, bits: 0x70}}, nil, ws.ErrReserved},

	{"4.1.1", []frame{{op: 3}}, nil, ws.ErrOpcode},
	{"4.1.2", []frame{{op: 4, data: "a"}}, nil, ws.ErrOpcode},
	{"4.1.3", []frame{{op: ws.Text, data: "a"}, {op: 5}, {op: ws.Ping}}, []string{"text:a"}, ws.ErrOpcode},
	{"4.1.4", []frame{{op: ws.Text, data: "a"}, {op: 6, data: "b"}}, []string{"text:a"}, ws.ErrOpcode},
	{"4.1.5", []frame{{op: 7, data: "b"}}, nil, ws.ErrOpcode},
	{"4.2.1", []frame{{op: 11}}, nil, ws.ErrOpcode},
	{"4.2.2", []frame{{op: 12, data: "a"}}, nil, ws.ErrOpcode},
	{"4.2.3", []frame{{op: 13}}, nil, ws.ErrOpcode},
	{"4.2.4", []frame{{op: 14, data: "a"}}, nil, ws.ErrOpcode},
	{"4.2.5", []frame{{op: 15}}, nil, ws.ErrOpcode},

	{"5.1", []frame{{op: ws.Ping, data: "a", more: true}, {data: "b"}}, nil, ws.ErrControlFragment},
	{"5.2", []frame{{op: ws.Pong, data: "a", more: true}, {data: "b"}}, nil, ws.ErrControlFragment},
	{"5.3", []frame{{op: ws.Text, data: "a", more: true}, {data: "b"}}, []string{"text:ab"}, nil},
	{"5.6", []frame{{op: ws.Text, data: "a", more: true}, {op: ws.Ping, data: "p"}, {data: "b"}}, []string{"ping:p", "text:ab"}, nil},
	{"5.9", []frame{{data: "a"}, {op: ws.Text, data: "b"}}, nil, ws.ErrNothingBegun},
	{"5.12", []frame{{data: "a", more: true}, {op: ws.Text, data: "b"}}, nil, ws.ErrNothingBegun},
	{"5.15", []frame{{op: ws.Text, data: "a", more: true}, {data: "b"}, {data: "c", more: true}}, []string{"text:ab"}, ws.ErrNothingBegun},
	{"5.18", []frame{{op: ws.Text, data: "a", more: true}, {op: ws.Text, data: "b"}}, nil, ws.ErrNotEnded},
	{"5.19", []frame{{op: ws.Text, data: "1", more: true}, {data: "2", more: true}, {op: ws.Ping, data: "p"}, {data: "3", more: true}, {data: "4", more: true}, {op: ws.Ping, data: "q"}, {data: "5"}}, []string{"ping:p", "ping:q", "text:12345"}, nil},

	{"6.1.1", []frame{{op: ws.Text}}, []string{"text:"}, nil},
	{"6.1.2", []frame{{op: ws.Text, more: true}, {more: true}, {}}, []string{"text:"}, nil},
	{"6.1.3", []frame{{op: ws.Text, more: true}, {data: "a", more: true}, {}}, []string{"text:a"}, nil},
	{"6.2.1", []frame{{op: ws.Text, data: "Hello-µ@ßöäüàá-UTF-8!!"}}, []string{"text:Hello-µ@ßöäüàá-UTF-8!!"}, nil},
	{"6.2.3", fragments("Hello-µ@ßöäüàá-UTF-8!!", 1), []string{"text:Hello-µ@ßöäüàá-UTF-8!!"}, nil},
	{"6.2.4", fragments("κόσμε", 1), []string{"text:κόσμε"}, nil},
	{"6.3.1", []frame{{op: ws.Text, data: "κόσμε\xed\xa0\x80edited"}}, nil, ws.ErrUTF8},
	{"6.3.2", fragments("κόσμε\xed\xa0\x80edited", 1), nil, ws.ErrUTF8},

	{"7.1.1", []frame{{op: ws.Text, data: "a"}, {op: ws.Close}}, []string{"text:a", "close:"}, nil},
	{"7.1.2", []frame{{op: ws.Close}, {op: ws.Close}}, []string{"close:"}, ws.ErrAfterClose},
	{"7.1.3", []frame{{op: ws.Close}, {op: ws.Ping}}, []string{"close:"}, ws.ErrAfterClose},
	{"7.1.4", []frame{{op: ws.Close}, {op: ws.Text, data: "a"}}, []string{"close:"}, ws.ErrAfterClose},
	{"7.1.5", []frame{{op: ws.Text, data: "a", more: true}, {op: ws.Close}, {data: "b"}}, []string{"close:"}, ws.ErrAfterClose},
	{"7.3.1", []frame{{op: ws.Close}}, []string{"close:"}, nil},
	{"7.3.2", []frame{{op: ws.Close, data: "a"}}, nil, ws.ErrCloseSize},
	{"7.3.3", []frame{{op: ws.Close, data: "\x03\xe8"}}, []string{"close:\x03\xe8"}, nil},
	{"7.3.4", []frame{{op: ws.Close, data: "\x03\xe8Hello World!"}}, []string{"close:\x03\xe8Hello World!"}, nil},
	{"7.3.5", []frame{{op: ws.Close, data: "\x03\xe8" + repeat(123)}}, []string{"close:\x03\xe8" + repeat(123)}, nil},
	{"7.3.6", []frame{{op: ws.Close, data: "\x03\xe8" + repeat(124)}}, nil, ws.ErrControlSize},
	{"7.5.1", []frame{{op: ws.Close, data: "\x03\xe8κόσμε\xed\xa0\x80edited"}}, nil, ws.ErrUTF8},

	{"masks: none", []frame{{op: ws.Text, data: "a", bare: true}}, nil, ws.ErrNotMasked},
}

// fragments is a text in pieces.
func fragments(s string, size int) (all []frame) {
	for len(s) > 0 {
		n := min(size, len(s))
		all = append(all, frame{data: s[:n], more: len(s) > n})
		s = s[n:]
	}
	all[0].op = ws.Text
	return all
}

func TestAutobahn(t *testing.T) {
	for _, c := range cases {
		in := bytesOf(c.frames...)
		for _, size := range []int{1, 2, 3, 997, len(in)} {
			if size == 1 && len(in) > 10_000 {
				continue
			}
			got, _, err := read(new(ws.Reader), in, size)
			if err != c.err || !slices.Equal(got, c.want) {
				t.Errorf("%s, %d bytes at a time: %s, %v; want %s, %v", c.name, size, short(got), err, short(c.want), c.err)
			}
		}
	}
}

// Section 6.4: what cannot be UTF-8 is refused at the byte that says so, before its fragment has come as a whole.
func TestAutobahnFailFast(t *testing.T) {
	const good, bad, after = "κόσμε", "\xf4\x90\x80\x80", "edited"
	in := bytesOf(frame{op: ws.Text, data: good + bad + after})
	_, given, err := read(new(ws.Reader), in, 1)
	if want := len(in) - len(after) - 2; err != ws.ErrUTF8 || given != want { // 0x90 behind 0xf4 is too much
		t.Errorf("after %d of %d bytes: %v, want it after %d", given, len(in), err, want)
	}
}

// Sections 6.5 to 6.23: which bytes are UTF-8.
func TestAutobahnUTF8(t *testing.T) {
	for s, want := range map[string]bool{
		"\x00": true, "\xc2\x80": true, "\xe0\xa0\x80": true, "\xf0\x90\x80\x80": true, // 6.7
		"\xf8\x88\x80\x80\x80": false, "\xfc\x84\x80\x80\x80\x80": false, // 6.8
		"\x7f": true, "\xdf\xbf": true, "\xef\xbf\xbf": true, "\xf4\x8f\xbf\xbf": true, // 6.9
		"\xf7\xbf\xbf\xbf": false, "\xfb\xbf\xbf\xbf\xbf": false, // 6.10
		"\xed\x9f\xbf": true, "\xee\x80\x80": true, "\xef\xbf\xbd": true, "\xf4\x90\x80\x80": false, // 6.11
		"\x80": false, "\xbf": false, "\x80\xbf": false, // 6.12
		"\xc0 \xc1 ": false, "\xe0 ": false, "\xf0 ": false, // 6.13
		"\xc0": false, "\xe0\x80": false, "\xf0\x80\x80": false, "\xdf": false, "\xef\xbf": false, "\xf7\xbf\xbf": false, // 6.14
		"\xfe": false, "\xff": false, // 6.16
		"\xc0\xaf": false, "\xe0\x80\xaf": false, "\xf0\x80\x80\xaf": false, // 6.17
		"\xc1\xbf": false, "\xe0\x9f\xbf": false, "\xf0\x8f\xbf\xbf": false, // 6.18
		"\xc0\x80": false, "\xe0\x80\x80": false, // 6.19
		"\xed\xa0\x80": false, "\xed\xad\xbf": false, "\xed\xae\x80": false, "\xed\xbf\xbf": false, // 6.20
		"\xed\xa0\x80\xed\xb0\x80": false, "\xed\xaf\xbf\xed\xbf\xbf": false, // 6.21
		"\xef\xbf\xbe": true, "\xf0\x9f\xbf\xbe": true, "\xf4\x8f\xbf\xbe": true, // 6.22
		"\xef\xbf\xb9": true, "\xef\xbf\xbc": true, // 6.23
	} {
		for _, size := range []int{1, 100} {
			_, _, err := read(new(ws.Reader), bytesOf(frame{op: ws.Text, data: s}), size)
			if (err == nil) != want || err != nil && err != ws.ErrUTF8 {
				t.Errorf("%q, %d at a time: %v", s, size, err)
			}
		}
	}
}

// Sections 7.7, 7.9 and 7.13: which codes may be sent.
func TestAutobahnCloseCodes(t *testing.T) {
	for code, want := range map[uint16]bool{
		1000: true, 1001: true, 1002: true, 1003: true, 1007: true, 1008: true, 1009: true, 1010: true, 1011: true, 3000: true, 3999: true, 4000: true, 4999: true,
		0: false, 999: false, 1004: false, 1005: false, 1006: false, 1016: false, 1100: false, 2000: false, 2999: false, 5000: false, 65535: false,
	} {
		_, _, err := read(new(ws.Reader), bytesOf(frame{op: ws.Close, data: string([]byte{byte(code >> 8), byte(code)})}), 10)
		if (err == nil) != want || ws.MaySend(code) != want || err != nil && err != ws.ErrCloseCode {
			t.Errorf("%d: %v", code, err)
		}
	}
}
