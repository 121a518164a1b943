package engine

import (
	"testing"
)

// What a peer sends is bytes of any kind, in pieces of any size: no protocol takes more than there is, goes on without end,
// or panics.
func FuzzFeed(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), uint8(3))
	f.Add([]byte("*2\r\n+OK\r\n-ERR no\r\n:1\r\n"), uint8(1))
	f.Add([]byte("\x82\x7e\x01\x00abc\x89\x00\x88\x02\x03\xe8"), uint8(2))
	f.Add([]byte("HTTP/1.1 101 Switching\r\nSec-WebSocket-Accept: x\r\n\r\n\x81\x01x"), uint8(7))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		piece := int(size)%64 + 1
		for _, url := range []string{"tcp://h:1", "http://h/", "ws://h/", "redis://:p@h/1", "udp://h:1"} {
			feedAll(t, url, func(*Config) {}, data, piece)
		}
		for _, reply := range []Reply{{Length: 3}, {Until: "ok"}, {Match: "o+k"}} {
			feedAll(t, "tcp://h:1", func(c *Config) { c.Send, c.Reply = "x", reply }, data, piece)
		}
	})
}

func feedAll(t *testing.T, url string, change func(*Config), data []byte, piece int) {
	target, err := ParseTarget(url)
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{Target: target, Size: 16, Method: "GET"}
	change(c)
	plan, err := c.plan()
	if err != nil {
		t.Fatal(err)
	}
	p, _ := plan.connection(1)
	var buf []byte
	greeted := true
	if g, ok := p.(greeter); ok {
		greeted = len(g.hello()) == 0
	}
	p.next(1)
	p.expect(false)
	for len(data) > 0 {
		n := min(piece, len(data))
		buf, data = append(buf, data[:n]...), data[n:]
		for len(buf) > 0 {
			n, got, err := 0, more, error(nil)
			if greeted {
				n, got, err = p.feed(buf)
			} else {
				n, greeted, err = p.(greeter).greet(buf)
			}
			if n < 0 || n > len(buf) {
				t.Fatalf("%s: took %d of %d bytes", url, n, len(buf))
			}
			if err != nil && got == more {
				return
			}
			buf = buf[n:]
			if got != more {
				if !p.reusable() {
					return
				}
				p.next(1)
				p.expect(true)
			} else if n == 0 {
				break
			}
		}
	}
	_ = p.eof()
}
