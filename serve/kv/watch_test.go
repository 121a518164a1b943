package kv_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/serve/kv"
)

// EXEC does nothing if a key that is watched has changed, by whatever command, and else it does everything.
func TestWatch(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 2)
	c, other := dial(t, addr), dial(t, addr)
	for _, test := range []struct {
		name, before, watch, change string
		changed                     bool
	}{
		{"nothing", "", "k", "GET k", false},
		{"another key", "", "k", "SET other v", false},
		{"set", "", "k", "SET k v", true},
		{"the same value", "SET k v", "k", "SET k v", true},
		{"not set", "SET k v", "k", "SETNX k w", false},
		{"the second of two", "", "j k", "INCR k", true},
		{"one of many", "", "k", "MSET a 1 b 2 k 3", true},
		{"deleted", "SET k v", "k", "DEL k", true},
		{"deleted beside it", "SET j v", "k", "DEL j k", false},
		{"deleted and made again", "SET k v", "k", "DEL k;SET k v", true},
		{"renamed to", "SET j v", "k", "RENAME j k", true},
		{"renamed from", "SET k v", "k", "RENAME k j", true},
		{"expiry", "SET k v", "k", "EXPIRE k 100", true},
		{"pushed", "", "k", "RPUSH k v", true},
		{"pushed and popped", "", "k", "RPUSH k v;LPOP k", true},
		{"field", "", "k", "HSET k f v", true},
		{"flushed", "SET k v", "k", "FLUSHALL", true},
		{"flushed without it", "", "k", "FLUSHALL", false},
		{"in a transaction", "", "k", "MULTI;SET k v;EXEC", true},
		{"blocking pop", "RPUSH k v w", "k", "BLPOP k 0", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			other.do("FLUSHALL")
			if test.before != "" {
				other.do(strings.Fields(test.before)...)
			}
			c.want("OK", "WATCH "+test.watch)
			for _, command := range strings.Split(test.change, ";") {
				other.do(strings.Fields(command)...)
			}
			c.want("OK", "MULTI")
			c.want("QUEUED", "SET done yes")
			want, done := "*(OK)", "yes"
			if test.changed {
				want, done = "nil", "nil"
			}
			c.want(want, "EXEC")
			other.want(done, "GET done")
			if n := server.Heeds(); n != 0 {
				t.Errorf("after EXEC %d keys are watched", n)
			}
		})
	}
}

// What ends the watching, and what does not.
func TestWatchEnds(t *testing.T) {
	server, addr, _ := start(t, kv.Config{}, 2)
	other := dial(t, addr)
	for _, end := range []string{"UNWATCH", "MULTI;DISCARD", "RESET", "MULTI;NOSUCH;EXEC"} {
		c := dial(t, addr)
		c.want("OK", "WATCH k k j")
		for _, command := range strings.Split(end, ";") {
			c.do(command)
		}
		other.want("OK", "SET k v")
		c.want("OK", "MULTI")
		c.want("QUEUED", "GET k")
		c.want("*(v)", "EXEC")
		if n := server.Heeds(); n != 0 {
			t.Errorf("%s: %d keys are watched", end, n)
		}
	}
	c := dial(t, addr)
	c.want("OK", "MULTI")
	c.want("ERR WATCH inside MULTI is not allowed", "WATCH k")
	c.want("QUEUED", "UNWATCH")
	c.want("*(OK)", "EXEC")
	c.want("OK", "WATCH k")
	c.Close()
	testkit.Until(t, "a client that is gone watches nothing", func() bool { return server.Heeds() == 0 })
	if got := string(server.Do(nil, []byte("WATCH"), []byte("k"))); !strings.HasPrefix(got, "-ERR ") {
		t.Errorf("WATCH without a connection: %q", got)
	}
}

// That its time is over is a change of a key, whether or not anybody has looked at it since.
func TestWatchExpires(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 1)
	c, other := dial(t, addr), dial(t, addr)
	for ms := 5; ; ms *= 2 {
		other.want("OK", "SET k v PX "+strconv.Itoa(ms))
		c.want("OK", "WATCH k")
		if c.do("EXISTS", "k") == "1" { // so it was there when WATCH was answered
			break
		}
		c.want("OK", "UNWATCH")
	}
	testkit.Until(t, "the key expires", func() bool { return other.do("GET", "k") == "nil" })
	c.want("OK", "MULTI")
	c.want("QUEUED", "PING")
	c.want("nil", "EXEC")
	c.want("OK", "WATCH k") // which is gone already
	c.want("OK", "MULTI")
	c.want("QUEUED", "PING")
	c.want("*(PONG)", "EXEC")
}

// A command without keys touches none: not one that has its name either.
func TestWatchOfTheNameOfACommand(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 2)
	c, other := dial(t, addr), dial(t, addr)
	for _, change := range []string{"FLUSHALL", "MULTI;SET other v;EXEC"} {
		c.want("OK", "WATCH FLUSHALL EXEC")
		for _, command := range strings.Split(change, ";") {
			other.do(strings.Fields(command)...)
		}
		c.want("OK", "MULTI")
		c.want("QUEUED", "SET done yes")
		c.want("*(OK)", "EXEC")
	}
}

// Commands on all keys go on beside clients that begin and end to watch.
func TestWatchBesideCommandsOnAllKeys(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 2)
	var all sync.WaitGroup
	for range 2 {
		watches, changes := dial(t, addr), dial(t, addr)
		all.Go(func() {
			for range 300 {
				watches.want("OK", "WATCH FLUSHALL EXEC a b c")
				watches.want("OK", "UNWATCH")
			}
		})
		all.Go(func() {
			for range 100 {
				changes.want("OK", "FLUSHALL")
				changes.want("OK", "MULTI")
				changes.want("QUEUED", "SET a 1")
				changes.want("*(OK)", "EXEC")
			}
		})
	}
	all.Wait()
}
