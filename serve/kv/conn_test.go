package kv_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

// However commands are cut, and however many come at once, each is answered, in order.
func TestPipelining(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 2)
	var in, want []byte
	long := strings.Repeat("v", 5000)
	for i := range 1000 {
		in = resp.AppendCommand(in, "SET", fmt.Sprint("k", i%7), long[:i])
		in = resp.AppendCommand(in, "GET", fmt.Sprint("k", i%7))
		want = resp.AppendBulk(append(want, "+OK\r\n"...), long[:i])
	}
	for _, size := range []int{333, 100_000, len(in)} {
		c := dial(t, addr)
		go func() {
			for p := in; len(p) > 0; {
				n := min(size, len(p))
				if _, err := c.Write(p[:n]); err != nil {
					return
				}
				p = p[n:]
			}
		}()
		got := make([]byte, len(want))
		for n := 0; n < len(got); {
			k, err := c.r.Read(got[n:])
			if n += k; err != nil {
				t.Fatalf("%v after %d bytes of %d", err, n, len(want))
			}
		}
		if string(got) != string(want) {
			t.Errorf("%d bytes at a time: other answers", size)
		}
	}
}

// A long value that comes byte by byte, or is announced and never comes, is no harm.
func TestLongCommands(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 1)
	c := dial(t, addr)
	long := strings.Repeat("x", 3<<20)
	c.want("OK", "SET a "+long)
	c.want(long, "GET a")
	c.Write([]byte("*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$500000000\r\nabc"))
	c.Conn.(*net.TCPConn).CloseWrite()
	if !c.over() {
		t.Error("a connection that ends in a command goes on")
	}
}

func TestProtocolErrors(t *testing.T) {
	_, addr, _ := start(t, kv.Config{Limits: resp.Limits{Bulk: 1000}}, 1)
	for in, want := range map[string]string{
		"*1\r\n:1\r\n":        "-ERR Protocol error: expected '$', got ':'\r\n",
		"*x\r\n":              "-ERR Protocol error: invalid multibulk length\r\n",
		"*1\r\n$1001\r\n":     "-ERR Protocol error: invalid bulk length\r\n",
		"PING\r\nGET \"a\r\n": "+PONG\r\n-ERR Protocol error: unbalanced quotes in request\r\n",
		"QUIT\r\nPING\r\n":    "+OK\r\n",
	} {
		c := dial(t, addr)
		c.Write([]byte(in))
		got := ""
		for range strings.Count(want, "\r\n") {
			got += c.reply()
		}
		if got != want || !c.over() {
			t.Errorf("%q: %q, want %q and the end", in, got, want)
		}
	}
}

// What was sent before the server is told to end is answered, and then the connection ends.
func TestDrain(t *testing.T) {
	_, addr, stop := start(t, kv.Config{}, 2)
	c := dial(t, addr)
	c.want("OK", "SET a 1")
	idle := dial(t, addr)
	idle.want("1", "GET a")
	listener := dial(t, addr)
	listener.send("SUBSCRIBE", "c")
	listener.reply()
	if err := stop(); err != nil {
		t.Error(err)
	}
	for _, c := range []*client{c, idle, listener} {
		if !c.over() {
			t.Error("a connection goes on")
		}
	}
}

// A connection that is new when the server begins to end has its first commands answered, also if they come in parts; one that stays
// silent, or in the middle of a command, ends.
func TestDrainOfNewConnections(t *testing.T) {
	for _, c := range []struct {
		first time.Duration
		parts []string
		want  string
		half  bool // the first part comes before it ends
	}{
		{time.Hour, []string{"PING\r\nECHO 1\r\n"}, "+PONG\r\n$1\r\n1\r\n", false},
		{time.Hour, []string{"*1\r\n$4\r\nPI", "NG\r\n"}, "+PONG\r\n", true},
		{-1, nil, "", false},
		{-1, []string{"*1\r\n$4\r\nPI"}, "", true},
	} {
		_, addr, stop := start(t, kv.Config{Serve: serve.Config{FirstTime: c.first}}, 1)
		before, fresh, after := dial(t, addr), dial(t, addr), dial(t, addr)
		before.want("PONG", "PING")
		after.want("PONG", "PING")
		if c.half {
			fresh.Write([]byte("PING\r\n" + c.parts[0])) // by one write: whoever has answered has read both
			if got := fresh.reply(); got != "+PONG\r\n" {
				t.Error(got)
			}
			c.parts = c.parts[1:]
		}
		ended := make(chan error, 1)
		go func() { ended <- stop() }()
		if !before.over() || !after.over() { // so the one between them has seen that it drains
			t.Error("an idle connection goes on")
		}
		for _, p := range c.parts {
			fresh.Write([]byte(p))
		}
		if got, err := io.ReadAll(fresh.r); string(got) != c.want || err != nil {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestSubscribe(t *testing.T) {
	closed := make(chan struct{}, 3)
	_, addr, _ := start(t, kv.Config{Serve: serve.Config{OnState: func(_ *serve.Conn, s serve.State) {
		if s == serve.StateClosed {
			closed <- struct{}{}
		}
	}}}, 2)
	a, b, c := dial(t, addr), dial(t, addr), dial(t, addr)
	a.want("*(subscribe x 1)", "SUBSCRIBE x")
	a.want("*(subscribe x 1)", "SUBSCRIBE x")
	a.want("*(psubscribe y* 2)", "PSUBSCRIBE y*")
	if got := b.do("HELLO", "3"); !strings.HasPrefix(got, "%") {
		t.Fatal(got)
	}
	b.want(">(subscribe x 1)", "SUBSCRIBE x")
	a.want("ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context", "GET k")
	a.want("*(pong )", "PING")
	b.want("PONG", "PING")
	c.want("2", "PUBLISH x hello")
	c.want("1", "PUBLISH yes hi")
	c.want("0", "PUBLISH z hi")
	for _, want := range []string{"*(message x hello)", "*(pmessage y* yes hi)"} {
		if got := show(t, a.reply()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := show(t, b.reply()); got != ">(message x hello)" {
		t.Error(got)
	}
	c.want("*(x)", "PUBSUB CHANNELS")
	c.want("*(x 2 z 0)", "PUBSUB NUMSUB x z")
	c.want("1", "PUBSUB NUMPAT")
	a.want("*(unsubscribe x 1)", "UNSUBSCRIBE")
	a.want("*(punsubscribe y* 0)", "PUNSUBSCRIBE y*")
	a.want("*(unsubscribe nil 0)", "UNSUBSCRIBE")
	a.want("nil", "GET k")
	c.want("1", "PUBLISH x bye")
	b.Close()
	<-closed
	c.want("*()", "PUBSUB CHANNELS")
}

// The messages of one publisher come in their order, none is lost, to each of many.
func TestPublishToMany(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 2)
	const n, messages = 50, 200
	var all []*client
	for range n {
		c := dial(t, addr)
		c.want("*(subscribe x 1)", "SUBSCRIBE x")
		all = append(all, c)
	}
	p := dial(t, addr)
	for i := range messages {
		p.send("PUBLISH", "x", fmt.Sprint(i))
	}
	for range messages {
		if got := show(t, p.reply()); got != fmt.Sprint(n) {
			t.Fatalf("published to %s", got)
		}
	}
	for _, c := range all {
		for i := range messages {
			if got, want := show(t, c.reply()), fmt.Sprintf("*(message x %d)", i); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
		}
	}
}

// A subscriber who does not read is cut, and costs the publisher and the others nothing.
func TestSubscriberWhoDoesNotRead(t *testing.T) {
	cut := make(chan error, 1)
	_, addr, _ := start(t, kv.Config{MaxUnread: 1 << 20, Serve: serve.Config{OnError: func(_ *serve.Conn, err error) { cut <- err }}}, 2)
	deaf, good, p := dial(t, addr), dial(t, addr), dial(t, addr)
	deaf.want("*(subscribe x 1)", "SUBSCRIBE x")
	good.want("*(subscribe x 1)", "SUBSCRIBE x")
	text := strings.Repeat("t", 100_000)
	for range 1000 {
		n := p.do("PUBLISH", "x", text)
		if got := show(t, good.reply()); len(got) != len("*(message x )")+len(text) {
			t.Fatal("another message")
		}
		if n == "1" {
			if err := <-cut; !errors.Is(err, kv.ErrUnread) {
				t.Error(err)
			}
			return
		}
	}
	t.Error("never cut")
}

func TestExpiryByItself(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 1)
	c := dial(t, addr)
	for i := range 500 {
		c.want("OK", fmt.Sprintf("SET k%d v PX %d", i, 1+i%20))
	}
	c.want("OK", "SET stays v")
	c.want("OK", "SET later v EX 1000")
	testkit.Until(t, "two keys are left", func() bool { return c.do("DBSIZE") == "2" })
	if got := string(server.Do(nil, []byte("TTL"), []byte("k1"))); got != ":-2\r\n" {
		t.Errorf("%q", got)
	}
}

// All that is there throughout a scan is found, while others come and go.
func TestScanFindsWhatStays(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 2)
	for i := range 1000 {
		server.Do(nil, []byte("SET"), fmt.Append(nil, "stay", i), nil)
		server.Do(nil, []byte("HSET"), []byte("h"), fmt.Append(nil, "f", i), nil)
	}
	c := dial(t, addr)
	for _, scan := range [][]string{{"SCAN"}, {"HSCAN", "h"}} {
		for i := range 20_000 {
			server.Do(nil, []byte("SET"), fmt.Append(nil, "other", i), nil)
			server.Do(nil, []byte("HSET"), []byte("h"), fmt.Append(nil, "other", i), nil)
		}
		found := map[string]bool{}
		cursor, n := "0", 0
		for {
			c.send(append(append([]string{}, scan...), cursor, "COUNT", "30")...)
			v, _, err := resp.Parse([]byte(c.reply()), nil)
			if err != nil || len(v.Elems) != 2 {
				t.Fatal(v, err)
			}
			for _, k := range v.Elems[1].Elems {
				found[string(k.Text)] = true
			}
			for range 200 { // the tables shrink
				key := fmt.Append(nil, "other", n)
				if n < 20_000 {
					server.Do(nil, []byte("DEL"), key)
					server.Do(nil, []byte("HDEL"), []byte("h"), key)
				}
				n++
			}
			if cursor = string(v.Elems[0].Text); cursor == "0" {
				break
			}
			if n > 10_000_000 {
				t.Fatal("does not end")
			}
		}
		prefix := map[string]string{"SCAN": "stay", "HSCAN": "f"}[scan[0]]
		for i := range 1000 {
			if !found[fmt.Sprint(prefix, i)] {
				t.Errorf("%s has not found %s%d", scan[0], prefix, i)
			}
		}
	}
}

// What was published before a command that ends the subscriptions, or changes the form of messages, is told before the answer to that: who reads
// one reply for each command from then on is not told anything else.
func TestMessagesBeforeReset(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 2)
	for _, last := range []string{"RESET", "HELLO 2"} {
		c := dial(t, addr)
		var b []byte
		for _, command := range []string{"HELLO 3", "SUBSCRIBE news", "PSUBSCRIBE n*", "MULTI", "PUBLISH news x", "EXEC", last, "PING"} {
			b = resp.AppendCommand(b, strings.Fields(command)...)
		}
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
		var got []string
		for range 10 {
			got = append(got, show(t, c.reply()))
		}
		if got[5] != "*(2)" || got[6] != ">(message news x)" || got[7] != ">(pmessage n* news x)" || got[9] != "PONG" && got[9] != "*(pong )" {
			t.Errorf("%s: %q", last, got)
		}
	}
}

// Who publishes to himself has the message before the answer, as by Redis 7.0, and what he may not send then is refused by its full name.
func TestPublishToOneself(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 2)
	c := dial(t, addr)
	c.do("HELLO", "3")
	c.want(">(subscribe news 1)", "SUBSCRIBE news")
	c.want(">(message news x)", "PUBLISH news x")
	if got := show(t, c.reply()); got != "1" {
		t.Error(got)
	}
	c.do("HELLO", "2")
	refused := ": only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
	c.want("ERR Can't execute 'client|getname'"+refused, "CLIENT GETNAME")
	c.want("EXECABORT Transaction discarded because of: Can't execute 'exec'"+refused, "EXEC")
}

// Behind the answer to QUIT nothing is sent, whatever is published.
func TestNothingIsSentBehindQuit(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 2)
	c := dial(t, addr)
	var b []byte
	for _, command := range []string{"HELLO 3", "SUBSCRIBE news", "MULTI", "PUBLISH news x", "EXEC", "QUIT"} {
		b = resp.AppendCommand(b, strings.Fields(command)...)
	}
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(c.r)
	if err != nil || !strings.HasSuffix(string(all), "+OK\r\n") {
		t.Errorf("%q, %v", all, err)
	}
}
