package kv_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

// blocked has a client send a command, and returns when it waits for one key more than before.
func blocked(t *testing.T, server *kv.Server, c *client, command string) {
	t.Helper()
	before := server.Heeds()
	c.send(strings.Fields(command)...)
	testkit.Until(t, command+" waits", func() bool { return server.Heeds() > before })
}

func TestBlockingPop(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 2)
	c, other := dial(t, addr), dial(t, addr)
	other.want("3", "RPUSH k a b c")
	c.want("*(k a)", "BLPOP none k 0")
	c.want("*(k c)", "BRPOP k 0")
	c.want("*(k b)", "BLPOP k 0")
	c.want("0", "EXISTS k")
	c.want("nil", "BLPOP k j 0.001")
	other.want("OK", "SET text v")
	c.want("WRONGTYPE Operation against a key holding the wrong kind of value", "BLPOP none text 0")
	c.want("ERR timeout is not a float or out of range", "BLPOP k x")
	c.want("ERR timeout is negative", "BLPOP k -1")
	for _, change := range []string{"LPUSH k v", "RPUSH k v", "RENAME j k", "MULTI;RPUSH k v;LPOP k;RPUSH k v;EXEC"} {
		other.do("RPUSH", "j", "v")
		blocked(t, server, c, "BLPOP none k 0")
		for _, command := range strings.Split(change, ";") {
			other.do(strings.Fields(command)...)
		}
		if got := show(t, c.reply()); got != "*(k v)" {
			t.Errorf("%s: %s", change, got)
		}
		other.want("0", "EXISTS k")
		if n := server.Heeds(); n != 0 {
			t.Errorf("%s: %d keys are waited for", change, n)
		}
		other.do("DEL", "j")
	}
	other.want("OK", "MULTI") // where nobody waits
	other.want("QUEUED", "BLPOP k 0")
	other.want("*(nil)", "EXEC")
	if got := string(server.Do(nil, []byte("BLPOP"), []byte("k"), []byte("0"))); got != "*-1\r\n" {
		t.Errorf("BLPOP without a connection: %q", got)
	}
}

// First come, first served, each once; and commands behind one that waits wait as well.
func TestBlockingPopInTurn(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 2)
	other := dial(t, addr)
	clients := make([]*client, 5)
	for i := range clients {
		clients[i] = dial(t, addr)
		blocked(t, server, clients[i], fmt.Sprintf("BLPOP queue own%d 0", i))
		clients[i].send("ECHO", fmt.Sprint(i))
	}
	clients[1].Close() // is passed by
	testkit.Until(t, "the client is gone", func() bool { return server.Heeds() == 5 })
	other.want("3", "RPUSH queue a b c")
	for i, want := range map[int]string{0: "a", 2: "b", 3: "c"} {
		if got := show(t, clients[i].reply()); got != "*(queue "+want+")" {
			t.Errorf("client %d: %s", i, got)
		}
		if got := show(t, clients[i].reply()); got != fmt.Sprint(i) {
			t.Errorf("client %d, behind it: %s", i, got)
		}
	}
	other.want("0", "LLEN queue")
	other.want("1", "RPUSH own4 d")
	if got := show(t, clients[4].reply()); got != "*(own4 d)" {
		t.Errorf("client 4: %s", got)
	}
}

// Each element goes to one client, whatever else happens: others push to several keys, and clients give up.
func TestBlockingPopOnce(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 2)
	const each = 200
	var pushers, poppers sync.WaitGroup
	var lock sync.Mutex
	got := map[string]int{}
	for i := range 2 {
		c := dial(t, addr)
		pushers.Go(func() {
			for n := range each {
				c.do("RPUSH", fmt.Sprint("k", n%3), fmt.Sprint(i, ":", n))
			}
		})
	}
	for range 3 {
		c := dial(t, addr)
		poppers.Go(func() {
			for {
				reply := c.do("BLPOP", "k0", "k1", "k2", "end", "0.002")
				switch {
				case strings.HasPrefix(reply, "*(end"):
					return
				case reply != "nil":
					lock.Lock()
					got[strings.Fields(reply)[1]]++
					lock.Unlock()
				}
			}
		})
	}
	pushers.Wait()
	testkit.Until(t, "the lists are empty", func() bool {
		return string(server.Do(nil, []byte("EXISTS"), []byte("k0"), []byte("k1"), []byte("k2"))) == ":0\r\n"
	})
	server.Do(nil, []byte("RPUSH"), []byte("end"), []byte("1"), []byte("2"), []byte("3"))
	poppers.Wait()
	if len(got) != 2*each {
		t.Errorf("%d of %d elements arrived", len(got), 2*each)
	}
	for element, n := range got {
		if n != 1 {
			t.Errorf("%s arrived %d times", element, n)
		}
	}
}

// What a client that had waited was given is gone from the log as well.
func TestBlockingPopIsLogged(t *testing.T) {
	config := kv.Config{Log: filepath.Join(t.TempDir(), "aof")}
	server, addr, stop := start(t, config, 1)
	c, other := dial(t, addr), dial(t, addr)
	blocked(t, server, c, "BRPOP k 0")
	other.want("2", "RPUSH k a b")
	if got := show(t, c.reply()); got != "*(k b)" {
		t.Errorf("got %s", got)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	_, addr, _ = start(t, config, 1)
	dial(t, addr).want("*(a)", "LRANGE k 0 -1")
}

// A client that is gone is noticed however much it has sent behind the command that it waits in.
func TestBlockingPopOfOneThatIsGone(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 1)
	for _, size := range []int{100, 40_000, 8 << 20} {
		c := dial(t, addr)
		blocked(t, server, c, "BLPOP k 0")
		c.send("ECHO", strings.Repeat("x", size))
		c.Close()
		testkit.Until(t, fmt.Sprintf("the client with %d bytes behind it is gone", size), func() bool { return server.Heeds() == 0 })
	}
}

// Commands behind one that waits are answered after it, however many they are.
func TestBlockingPopWithMuchBehindIt(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 1)
	c, other := dial(t, addr), dial(t, addr)
	const n, size = 100, 10_000
	blocked(t, server, c, "BLPOP k 0")
	for i := range n {
		c.send("ECHO", strings.Repeat(fmt.Sprint(i%10), size))
	}
	other.want("1", "RPUSH k v")
	if got := show(t, c.reply()); got != "*(k v)" {
		t.Fatal(got)
	}
	for i := range n {
		if got := show(t, c.reply()); got != strings.Repeat(fmt.Sprint(i%10), size) {
			t.Fatalf("reply %d: %d bytes, another text", i, len(got))
		}
	}
}

// What the server keeps of a client that waits has a limit.
func TestBlockingPopLimitsWhatIsBehindIt(t *testing.T) {
	ended := make(chan error, 1)
	config := kv.Config{Limits: resp.Limits{Total: 50_000}, Serve: serve.Config{OnError: func(_ *serve.Conn, err error) { ended <- err }}}
	server, addr, _ := start(t, config, 1)
	c := dial(t, addr)
	blocked(t, server, c, "BLPOP k 0")
	c.send("ECHO", strings.Repeat("x", 49_000))
	if _, err := c.Write(make([]byte, 2000)); err != nil {
		t.Fatal(err)
	}
	if !c.over() {
		t.Fatal("the connection goes on")
	}
	if err := <-ended; err != kv.ErrBacklog {
		t.Errorf("the connection ended with %v", err)
	}
	if n := server.Heeds(); n != 0 {
		t.Errorf("%d keys are waited for", n)
	}
}

// A server that drains does not wait for those that wait.
func TestBlockingPopDrains(t *testing.T) {
	server, addr, stop := start(t, kv.Config{}, 1)
	c := dial(t, addr)
	blocked(t, server, c, "BLPOP k 0")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if !c.over() {
		t.Error("the connection goes on")
	}
}
