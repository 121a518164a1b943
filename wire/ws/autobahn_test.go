package ws_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/wire/ws"
)

// The cases of the Autobahn testsuite that concern frames, by their numbers: sections 1 to 7. Those that differ from another one only in how the same bytes
// are cut stand beside it, as all are read in pieces of several sizes, by a server and by a client. What they are to do beyond reading is
// tested in serve/ws.
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
	{"1.1.7, 1.1.8", []frame{{op: ws.Text, data: repeat(65536)}}, []string{"text:" + repeat(65536)}, nil},
	{"1.2.1", []frame{{op: ws.Binary}}, []string{"binary:"}, nil},
	{"1.2.2", []frame{{op: ws.Binary, data: strings.Repeat("\xfe", 125)}}, []string{"binary:" + strings.Repeat("\xfe", 125)}, nil},
	{"1.2.3", []frame{{op: ws.Binary, data: strings.Repeat("\xfe", 126)}}, []string{"binary:" + strings.Repeat("\xfe", 126)}, nil},
	{"1.2.4", []frame{{op: ws.Binary, data: repeat(127)}}, []string{"binary:" + repeat(127)}, nil},
	{"1.2.5", []frame{{op: ws.Binary, data: repeat(128)}}, []string{"binary:" + repeat(128)}, nil},
	{"1.2.6", []frame{{op: ws.Binary, data: repeat(65535)}}, []string{"binary:" + repeat(65535)}, nil},
	{"1.2.7, 1.2.8", []frame{{op: ws.Binary, data: strings.Repeat("\xfe", 65536)}}, []string{"binary:" + strings.Repeat("\xfe", 65536)}, nil},

	{"2.1", []frame{{op: ws.Ping}}, []string{"ping:"}, nil},
	{"2.2", []frame{{op: ws.Ping, data: "Hello, world!"}}, []string{"ping:Hello, world!"}, nil},
	{"2.3", []frame{{op: ws.Ping, data: "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}}, []string{"ping:\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}, nil},
	{"2.4, 2.6", []frame{{op: ws.Ping, data: repeat(125)}}, []string{"ping:" + repeat(125)}, nil},
	{"2.5", []frame{{op: ws.Ping, data: repeat(126)}}, nil, ws.ErrControlSize},
	{"2.7", []frame{{op: ws.Pong}}, []string{"pong:"}, nil},
	{"2.8", []frame{{op: ws.Pong, data: "unsolicited"}}, []string{"pong:unsolicited"}, nil},
	{"2.9", []frame{{op: ws.Pong, data: "x"}, {op: ws.Ping, data: "y"}}, []string{"pong:x", "ping:y"}, nil},
	{"2.10, 2.11", slices.Repeat([]frame{{op: ws.Ping, data: "p"}}, 10), slices.Repeat([]string{"ping:p"}, 10), nil},

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
	{"5.3 to 5.5", []frame{{op: ws.Text, data: "a", more: true}, {data: "b"}}, []string{"text:ab"}, nil},
	{"5.6 to 5.8", []frame{{op: ws.Text, data: "a", more: true}, {op: ws.Ping, data: "p"}, {data: "b"}}, []string{"ping:p", "text:ab"}, nil},
	{"5.9 to 5.11", []frame{{data: "a"}, {op: ws.Text, data: "b"}}, nil, ws.ErrNothingBegun},
	{"5.12 to 5.14", []frame{{data: "a", more: true}, {op: ws.Text, data: "b"}}, nil, ws.ErrNothingBegun},
	{"5.15", []frame{{op: ws.Text, data: "a", more: true}, {data: "b"}, {data: "c", more: true}}, []string{"text:ab"}, ws.ErrNothingBegun},
	{"5.16", []frame{{data: "a", more: true}, {op: ws.Text, data: "b", more: true}, {data: "c"}}, nil, ws.ErrNothingBegun},
	{"5.17", []frame{{data: "a"}, {op: ws.Text, data: "b", more: true}, {data: "c"}}, nil, ws.ErrNothingBegun},
	{"5.18", []frame{{op: ws.Text, data: "a", more: true}, {op: ws.Text, data: "b"}}, nil, ws.ErrNotEnded},
	{"5.19, 5.20", []frame{{op: ws.Text, data: "1", more: true}, {data: "2", more: true}, {op: ws.Ping, data: "p"}, {data: "3", more: true}, {data: "4", more: true}, {op: ws.Ping, data: "q"}, {data: "5"}}, []string{"ping:p", "ping:q", "text:12345"}, nil},

	{"6.1.1", []frame{{op: ws.Text}}, []string{"text:"}, nil},
	{"6.1.2", []frame{{op: ws.Text, more: true}, {more: true}, {}}, []string{"text:"}, nil},
	{"6.1.3", []frame{{op: ws.Text, more: true}, {data: "a", more: true}, {}}, []string{"text:a"}, nil},
	{"6.2.1", []frame{{op: ws.Text, data: "Hello-µ@ßöäüàá-UTF-8!!"}}, []string{"text:Hello-µ@ßöäüàá-UTF-8!!"}, nil},
	{"6.2.2", []frame{{op: ws.Text, data: "Hello-µ@ßöä", more: true}, {data: "üàá-UTF-8!!"}}, []string{"text:Hello-µ@ßöäüàá-UTF-8!!"}, nil},
	{"6.2.3", fragments("Hello-µ@ßöäüàá-UTF-8!!", 1), []string{"text:Hello-µ@ßöäüàá-UTF-8!!"}, nil},
	{"6.2.4", fragments("κόσμε", 1), []string{"text:κόσμε"}, nil},
	{"6.3.1", []frame{{op: ws.Text, data: "κόσμε\xed\xa0\x80edited"}}, nil, ws.ErrUTF8},
	{"6.3.2", fragments("κόσμε\xed\xa0\x80edited", 1), nil, ws.ErrUTF8},

	{"7.1.1", []frame{{op: ws.Text, data: "a"}, {op: ws.Close}}, []string{"text:a", "close:"}, nil},
	{"7.1.2", []frame{{op: ws.Close}, {op: ws.Close}}, []string{"close:"}, ws.ErrAfterClose},
	{"7.1.3", []frame{{op: ws.Close}, {op: ws.Ping}}, []string{"close:"}, ws.ErrAfterClose},
	{"7.1.4", []frame{{op: ws.Close}, {op: ws.Text, data: "a"}}, []string{"close:"}, ws.ErrAfterClose},
	{"7.1.5", []frame{{op: ws.Text, data: "a", more: true}, {op: ws.Close}, {data: "b"}}, []string{"close:"}, ws.ErrAfterClose},
	{"7.1.6", []frame{{op: ws.Text, data: repeat(256 << 10)}, {op: ws.Close}, {op: ws.Ping}}, []string{"text:" + repeat(256<<10), "close:"}, ws.ErrAfterClose},
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
		for _, client := range []bool{false, true} {
			frames := slices.Clone(c.frames)
			for i := range frames {
				frames[i].bare = frames[i].bare != client
			}
			want := c.err
			if client && want == ws.ErrNotMasked {
				want = ws.ErrMasked
			}
			in := bytesOf(frames...)
			for _, size := range []int{1, 2, 3, 997, len(in)} {
				if size < 4 && len(in) > 10_000 {
					continue
				}
				got, _, err := read(&ws.Reader{Client: client}, in, size)
				if err != want || !slices.Equal(got, c.want) {
					t.Errorf("%s, client %v, %d bytes at a time: %s, %v; want %s, %v", c.name, client, size, short(got), err, short(c.want), want)
				}
			}
		}
	}
}

// Sections 7.7, 7.9 and 7.13: which codes may be sent.
func TestAutobahnCloseCodes(t *testing.T) {
	for code, want := range map[uint16]bool{
		1000: true, 1001: true, 1002: true, 1003: true, 1007: true, 1008: true, 1009: true, 1010: true, 1011: true, 3000: true, 3999: true, 4000: true, 4999: true,
		1012: true, 1013: true, 1014: true,
		0: false, 999: false, 1004: false, 1005: false, 1006: false, 1015: false, 1016: false, 1100: false, 2000: false, 2999: false, 5000: false, 65535: false,
	} {
		_, _, err := read(new(ws.Reader), bytesOf(frame{op: ws.Close, data: string([]byte{byte(code >> 8), byte(code)})}), 10)
		if (err == nil) != want || ws.MaySend(code) != want || err != nil && err != ws.ErrCloseCode {
			t.Errorf("%d: %v", code, err)
		}
	}
}
