package ws_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/magpie-go/magpie/wire/ws"
)

// utf8Cases are the texts of sections 6.5 to 6.23, by their numbers.
func utf8Cases() map[string]string {
	const kosme = "κόσμε"
	all := map[string]string{"6.5.1": kosme, "6.5.2": "Hello-µ@ßöäüàá-UTF-8!!"}
	add := func(section string, texts ...string) {
		for i, s := range texts {
			all[fmt.Sprintf("%s.%d", section, i+1)] = s
		}
	}
	for i := range len(kosme) {
		all[fmt.Sprintf("6.6.%d", i+1)] = kosme[:i+1]
	}
	add("6.7", "\x00", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80")
	add("6.8", "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80")
	add("6.9", "\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf")
	add("6.10", "\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf")
	add("6.11", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80")
	tails := bytesBetween(0x80, 0xbf, "")
	add("6.12", "\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf", "\x80\xbf\x80\xbf\x80", "\x80\xbf\x80\xbf\x80\xbf", tails)
	add("6.13", bytesBetween(0xc0, 0xdf, " "), bytesBetween(0xe0, 0xef, " "), bytesBetween(0xf0, 0xf7, " "), bytesBetween(0xf8, 0xfb, " "), bytesBetween(0xfc, 0xfd, " "))
	short := []string{
		"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80",
		"\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf",
	}
	add("6.14", short...)
	add("6.15", strings.Join(short, ""))
	add("6.16", "\xfe", "\xff", "\xfe\xfe\xff\xff")
	add("6.17", "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf")
	add("6.18", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf")
	add("6.19", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80")
	add("6.20", "\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf")
	var pairs []string
	for _, high := range []string{"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf"} {
		pairs = append(pairs, high+"\xed\xb0\x80", high+"\xed\xbf\xbf")
	}
	add("6.21", pairs...)
	var nons []string
	for plane := range rune(0x11) {
		nons = append(nons, string(plane<<16|0xfffe), string(plane<<16|0xffff))
	}
	add("6.22", nons...)
	add("6.23", "\ufff9", "\ufffa", "\ufffb", "\ufffc", "\ufffd", "\ufffe", "\uffff")
	return all
}

func bytesBetween(from, to int, behind string) string {
	var b strings.Builder
	for c := from; c <= to; c++ {
		b.WriteByte(byte(c))
		b.WriteString(behind)
	}
	return b.String()
}

// Sections 6.5 to 6.23: which bytes are UTF-8, for a server and a client. Package utf8 is the judge, and sections that are good or bad as a whole are held against it.
func TestAutobahnUTF8(t *testing.T) {
	good := map[string]bool{"6.5": true, "6.7": true, "6.9": true, "6.22": true, "6.23": true}
	mixed := map[string]bool{"6.6": true, "6.11": true}
	for name, s := range utf8Cases() {
		want := utf8.ValidString(s)
		section := name[:strings.LastIndexByte(name, '.')]
		if !mixed[section] && want != good[section] {
			t.Errorf("%s: %q is taken for UTF-8: %v", name, s, want)
		}
		for _, client := range []bool{false, true} {
			for _, size := range []int{1, 100} {
				in := bytesOf(frame{op: ws.Text, data: s, bare: client})
				if _, _, err := read(&ws.Reader{Client: client}, in, size); (err == nil) != want || err != nil && err != ws.ErrUTF8 {
					t.Errorf("%s: %q, client %v, %d at a time: %v", name, s, client, size, err)
				}
			}
		}
	}
}

// Section 6.4: what cannot be UTF-8 is refused at the piece that says so, be that a fragment or a part of a frame.
func TestAutobahnFailFast(t *testing.T) {
	for name, c := range map[string]struct {
		pieces    []string
		fragments bool
	}{
		"6.4.1": {[]string{"κόσμε", "\xf4\x90\x80\x80", "edited"}, true},
		"6.4.2": {[]string{"κόσμε\xf4", "\x90", "\x80\x80edited"}, true},
		"6.4.3": {[]string{"κόσμε", "\xf4\x90\x80\x80", "edited"}, false},
		"6.4.4": {[]string{"κόσμε\xf4", "\x90", "\x80\x80edited"}, false},
	} {
		for _, client := range []bool{false, true} {
			var sent [][]byte // what goes out at once
			if c.fragments {
				for i, p := range c.pieces {
					f := frame{data: p, more: i < 2, bare: client}
					if i == 0 {
						f.op = ws.Text
					}
					sent = append(sent, bytesOf(f))
				}
			} else {
				rest := bytesOf(frame{op: ws.Text, data: strings.Join(c.pieces, ""), bare: client})
				first := len(rest) - len(c.pieces[1]) - len(c.pieces[2])
				sent = [][]byte{rest[:first], rest[first : first+len(c.pieces[1])]}
			}
			r := &ws.Reader{Client: client}
			for i, p := range sent[:2] {
				if _, _, err := read(r, p, len(p)); i == 0 && err != nil || i == 1 && err != ws.ErrUTF8 {
					t.Errorf("%s, client %v: piece %d: %v", name, client, i, err)
				}
			}
		}
	}
}
