package kv_test

import (
	"fmt"
	"math"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

// What clients have put there bit by bit is there after a restart, though a snapshot, or the log, has longer commands than a client may send.
func TestLogOfWhatNoClientMaySend(t *testing.T) {
	for _, rewritten := range []bool{false, true} {
		t.Run(fmt.Sprint("rewritten=", rewritten), func(t *testing.T) {
			config := kv.Config{Log: filepath.Join(t.TempDir(), "log"), Limits: resp.Limits{Args: 4, Bulk: 100, Total: 200}}
			server, addr, stop := start(t, config, 2)
			c := dial(t, addr)
			part := strings.Repeat("x", 100)
			for i := range 10 {
				c.want(fmt.Sprint(i+1), "RPUSH list "+part)
				c.want("1", fmt.Sprintf("HSET hash f%d %s", i, part))
				c.want(fmt.Sprint((i+1)*100), "APPEND text "+part)
			}
			c.want("OK", "SETEX timed 1000 v")
			if rewritten {
				if err := server.RewriteLog(); err != nil {
					t.Fatal(err)
				}
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			again, err := kv.New(config)
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			for command, want := range map[string]string{"LLEN list": "10", "HLEN hash": "10", "STRLEN text": "1000", "GET timed": "v"} {
				if got := ask(t, again, command); got != want {
					t.Errorf("%s: %s, want %s", command, got, want)
				}
			}
		})
	}
}

// A command of a snapshot is not made of many strings that are long each.
func TestSnapshotOfLongStrings(t *testing.T) {
	config := kv.Config{Log: filepath.Join(t.TempDir(), "log")}
	server, err := kv.New(config)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 200<<10)
	for i := range 5 {
		ask(t, server, "RPUSH list "+long)
		ask(t, server, fmt.Sprintf("HSET hash f%d %s", i, long))
	}
	if err := server.RewriteLog(); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := kv.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if r := again.Recovery(); r.Commands != 10 {
		t.Errorf("10 strings of 200 KiB are %d commands", r.Commands)
	}
}

// What a client queues by MULTI is held for it, and so it is no more than what any other command may hold.
func TestQueueOfATransactionIsLimited(t *testing.T) {
	_, addr, _ := start(t, kv.Config{Limits: resp.Limits{Total: 4096}}, 2)
	other := dial(t, addr)
	for _, word := range []string{"", "x", strings.Repeat("x", 1000)} {
		c := dial(t, addr)
		c.want("OK", "MULTI")
		refused := ""
		for n := 0; refused == "" && n < 200; n++ {
			if reply := c.do("SET", "k", word); reply != "QUEUED" {
				refused = reply
			}
		}
		if !strings.Contains(refused, "more than the limit of 4096 bytes") || !c.over() {
			t.Errorf("%d bytes an argument: %q", len(word), refused)
		}
		other.want("nil", "GET k")
	}
	// What EXEC has run does not count.
	for range 100 {
		other.want("OK", "MULTI")
		other.want("QUEUED", "SET k "+strings.Repeat("x", 1000))
		other.want("*(OK)", "EXEC")
	}
}

// Who has not sent the password has no memory held for long commands. The words are Redis'.
func TestStrangersAreLimited(t *testing.T) {
	_, addr, _ := start(t, kv.Config{Password: "secret"}, 2)
	for head, want := range map[string]string{
		"*11\r\n":                "-ERR Protocol error: unauthenticated multibulk length\r\n",
		"*1048577\r\n":           "-ERR Protocol error: invalid multibulk length\r\n",
		"*1\r\n$16385\r\n":       "-ERR Protocol error: unauthenticated bulk length\r\n",
		"*1\r\n$53687091200\r\n": "-ERR Protocol error: invalid bulk length\r\n",
	} {
		c := dial(t, addr)
		fmt.Fprint(c, head)
		c.Conn.(*net.TCPConn).CloseWrite() // so that whoever waits for more ends
		if got := c.reply(); got != want || !c.over() {
			t.Errorf("%q: %q, want %q and the end", head, got, want)
		}
	}
	c := dial(t, addr)
	long := strings.Repeat("x", 16<<10)
	c.want("WRONGPASS invalid username-password pair or user is disabled.", "AUTH "+long)
	// What comes behind the password in one piece is not a stranger's.
	b := resp.AppendCommand(nil, "AUTH", "secret")
	b = resp.AppendCommand(b, "SET", "k", long+"x")
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := c.reply(); got != "+OK\r\n" {
			t.Errorf("%q", got)
		}
	}
}

// Values that mean nothing are refused, and those that mean everything are not counted with until they overflow.
func TestConfigLimits(t *testing.T) {
	for _, limits := range []resp.Limits{{Args: -1}, {Bulk: -1}, {Total: -1}} {
		if _, err := kv.New(kv.Config{Limits: limits}); err == nil || !strings.Contains(err.Error(), "is -1; it takes 1 or more") {
			t.Errorf("%+v: %v", limits, err)
		}
	}
	_, addr, _ := start(t, kv.Config{MaxUnread: math.MaxInt, Limits: resp.Limits{Args: math.MaxInt, Bulk: math.MaxInt, Total: math.MaxInt}}, 2)
	c := dial(t, addr)
	c.want("OK", "SET k v")
	fmt.Fprintf(c, "*3\r\n$3\r\nSET\r\n$100\r\n%s\r\n$%d\r\nx", strings.Repeat("x", 100), math.MaxInt-107)
	if got := c.reply(); got != "-ERR Protocol error: the command is larger than the limit\r\n" || !c.over() {
		t.Errorf("a string of nearly MaxInt bytes: %q", got)
	}
}
