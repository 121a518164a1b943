package kv_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/serve/kv"
)

// The same commands, sent to Redis and to this server, have the same replies, byte by byte.
func TestLikeRedis(t *testing.T) {
	redis := redisServer(t)
	_, addr, _ := start(t, kv.Config{}, 2)
	for _, hello := range []string{"", "HELLO 3"} {
		ours, theirs := dial(t, addr), dial(t, redis)
		for _, c := range []*client{ours, theirs} {
			if hello != "" {
				c.do(strings.Fields(hello)...)
			}
			c.do("FLUSHALL")
		}
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 0))
		for i := range 4000 {
			command := randomCommand(r)
			ours.send(command...)
			theirs.send(command...)
			if got, want := ours.reply(), theirs.reply(); got != want {
				t.Fatalf("seed %d, command %d, %q: %q, Redis replies %q", seed, i, command, got, want)
			}
		}
	}
}

// templates are commands in which k is a key, f a field, v a value, n a number, i a small one, d one with a fraction, c a cursor, t a time, u one in the future, o an option of SET and z none.
var templates = strings.Split(strings.TrimSpace(`
SET k v
SET k v
SET k n
SET k v o
SET k v o o
SET k v o o o
GET k
GETSET k v
GETDEL k
GETEX k
GETEX k PERSIST
GETEX k EXAT t
SETNX k v
MSET k v k v
MSETNX k v k v
MGET k k k
APPEND k v
STRLEN k
GETRANGE k i i
SETRANGE k i v
INCR k
DECR k
INCRBY k n
INCRBYFLOAT k d
INCRBYFLOAT k d
SET k d
DECRBY k n
EXPIREAT k t
EXPIREAT k t NX
EXPIREAT k t XX
EXPIREAT k t GT
EXPIREAT k t LT
EXPIREAT k t LT XX
EXPIREAT k t GT NX
EXPIRETIME k
PEXPIREAT k t
PEXPIRETIME k
SET k v EXAT u
SET k v EXAT u EXAT u
SET k v EXAT u PXAT u
PERSIST k
TTL none
EXPIRE k x
LPUSH k v v v
RPUSH k v v
LPUSHX k v
RPUSHX k v
LPOP k
RPOP k
LPOP k i
RPOP k i
LLEN k
LRANGE k i i
LINDEX k i
LSET k i v
LREM k i v
LTRIM k i i
HSET k f v f v
HSET k f
HSETNX k f v
HMSET k f v
HGET k f
HMGET k f f
HDEL k f f
HLEN k
HEXISTS k f
HSTRLEN k f
HINCRBY k f n
DEL k k
EXISTS k k k
TYPE k
RENAME k k
RENAMENX k k
DBSIZE
PING
PING v
ECHO v
SELECT i
MULTI
EXEC
DISCARD
WATCH k
WATCH k k
UNWATCH
BLPOP k k 0.001
BRPOP k 0.001
BLPOP k i -1
BRPOP k x
NOSUCH v
GET
LPOP k i i
PUBLISH v v
EXEC x
SCAN c MATCH none
SCAN c COUNT
HSCAN k c MATCH none
HSCAN k 0 COUNT 0
PUBSUB NUMSUB
PUBSUB NUMPAT v
PUBSUB CHANNELS
PUBSUB v
CLIENT v
CLIENT GETNAME
CLIENT GETNAME v
CLIENT SETNAME
CLIENT SETNAME d
SELECT 4294967296
EXPIRE k x z
OBJECT`), "\n")

func randomCommand(r *rand.Rand) []string {
	words := strings.Fields(templates[r.IntN(len(templates)-1)])
	for i, w := range words {
		switch w {
		case "k":
			words[i] = fmt.Sprint("key", r.IntN(8))
		case "f":
			words[i] = fmt.Sprint("field", r.IntN(4))
		case "v":
			words[i] = []string{"", "a", "b", "value", "\r\n", "12", "-7", strings.Repeat("long", 600)}[r.IntN(8)]
		case "n":
			words[i] = []string{"1", "-3", "0", "9223372036854775807", "-9223372036854775808", "x", "01", "1.5", "+1"}[r.IntN(9)]
		case "i":
			words[i] = []string{"0", "1", "-1", "2", "-2", "3", "100", "-100", "x"}[r.IntN(9)]
		case "d":
			words[i] = []string{"0.1", "0.2", "-1.7", "3.0e3", "10.50", "9223372036854775807", "0x10", "1e400", "1e5000", "inf", "1_0", ".5", "5.", "", " 1", "x"}[r.IntN(16)]
		case "c":
			words[i] = []string{"0", "+0", "x", "", "18446744073709551616"}[r.IntN(5)]
		case "z":
			words[i] = []string{"zz\r\n", "\r\nzz", "z\rz"}[r.IntN(3)]
		case "u": // none that is over: such a key is there until somebody looks at it, or the server does by itself
			words[i] = []string{"9999999998", "9999999999", "0", "-1", "x", "9223372036854775807"}[r.IntN(6)]
		case "t":
			words[i] = []string{"9999999998", "9999999999", "1", "0", "-1", "x", "9223372036854775807"}[r.IntN(7)]
		case "o":
			words[i] = []string{"NX", "XX", "GET", "KEEPTTL", "get", "zz"}[r.IntN(6)]
		}
	}
	return words
}

// redisServer starts a redis-server that keeps nothing, and ends with the test.
func redisServer(t *testing.T) (addr string) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("there is no redis-server")
	}
	if out, _ := exec.Command(path, "--version").Output(); !strings.Contains(string(out), "v=7.0") {
		t.Skipf("the replies are those of Redis 7.0, and this is %s", out)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr = ln.Addr().String()
	ln.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--databases", "1", "--save", "", "--appendonly", "no", "--dir", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for range 500 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return addr
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Skip("redis-server does not start")
	return ""
}
