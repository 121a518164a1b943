package kv_test

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

// Whatever a client is in the middle of when it resets the connection: the connection ends, nobody waits or subscribes for it any
// longer, and the keys are as the commands that came whole have left them.
func TestResets(t *testing.T) {
	const large = 1 << 20
	command := func(words ...string) string { return string(resp.AppendCommand(nil, words...)) }
	for _, s := range []struct {
		name  string
		send  string
		wait  string // for this in what is answered
		after func(other *client)
	}{
		{"before a command", "", "", nil},
		{"in a command", command("SET", "a", "1") + "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nxx", "+OK\r\n", func(o *client) { o.want("1", "GET a") }},
		{"in a large command", "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1000000\r\n" + strings.Repeat("x", 100_000), "", func(o *client) { o.want("nil", "GET a") }},
		{"in replies", strings.Repeat(command("GET", "large"), 40), "$1048576\r\n", nil},
		{"subscribed", command("SUBSCRIBE", "a", "b") + command("PSUBSCRIBE", "p*"), "p*\r\n:3\r\n", func(o *client) {
			o.want("0", "PUBLISH a x")
			o.want("0", "PUBLISH px x")
		}},
		{"in BLPOP", command("PING") + command("BLPOP", "q", "r", "0"), "+PONG\r\n", func(o *client) {
			o.want("1", "RPUSH q x")
			o.want("2", "RPUSH q y")
			o.want("*(x y)", "LRANGE q 0 -1")
			o.want("1", "DEL q")
		}},
		{"in BRPOP with a time", command("PING") + command("BRPOP", "q", "1000"), "+PONG\r\n", func(o *client) {
			o.want("1", "RPUSH q x")
			o.want("x", "RPOP q")
		}},
		{"in MULTI", command("SET", "a", "1") + command("MULTI") + command("SET", "a", "2"), "+QUEUED\r\n", func(o *client) { o.want("1", "GET a") }},
		{"watching", command("WATCH", "a", "w"), "+OK\r\n", nil},
		{"watching, in MULTI", command("WATCH", "a") + command("MULTI") + command("INCR", "a"), "+QUEUED\r\n", nil},
		{"after QUIT", command("QUIT"), "+OK\r\n", nil},
	} {
		t.Run(s.name, func(t *testing.T) {
			server, addr, _ := start(t, kv.Config{}, 2)
			other := dial(t, addr)
			other.do("SET", "large", strings.Repeat("x", large))
			for i := range uint64(5) {
				c := dial(t, addr)
				if _, err := io.WriteString(c, s.send); err != nil {
					t.Fatal(err)
				}
				var got []byte
				for buf := make([]byte, 100); !strings.Contains(string(got), s.wait); {
					n, err := c.Conn.Read(buf)
					if got = append(got, buf[:n]...); err != nil {
						t.Fatalf("%v after %q", err, got)
					}
				}
				if strings.HasPrefix(s.name, "in B") {
					testkit.Until(t, "it waits", func() bool { return server.Heeds() > 0 })
				}
				testkit.Until(t, "the connection is accepted", func() bool { return server.Metrics().Accepted == i+2 })
				c.Conn.(*net.TCPConn).SetLinger(0)
				c.Close()
				testkit.Until(t, "the connection has ended", func() bool { return server.Metrics().Open == 1 })
				info := show(t, string(server.Do(nil, []byte("INFO"))))
				if n := server.Heeds(); n != 0 || !strings.Contains(info, "connected_clients:1\r\n") || !strings.Contains(info, "pubsub_channels:0") || !strings.Contains(info, "pubsub_patterns:0") {
					t.Errorf("somebody waits for %d keys yet, or subscribes:\n%s", n, info)
				}
				if s.after != nil {
					s.after(other)
				}
				other.do("DEL", "a")
			}
		})
	}
}
