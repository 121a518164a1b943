package kv_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/serve/kv"
)

const wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value"

// scripts are commands and what is replied, a line each.
var scripts = map[string]string{
	"strings": `
		GET a => nil
		SET a 1 => OK
		GET a => 1
		SET a 2 NX => nil
		SET b 2 NX => OK
		SET c 2 XX => nil
		SET a 3 XX GET => 1
		SET c 4 GET => nil
		SET c 5 NX GET => 4
		GET c => 4
		SET a 1 NX XX => ERR syntax error
		SET a 1 EX => ERR syntax error
		SET a 1 EX 10 PX 10 => ERR syntax error
		SET a 1 EX 10 KEEPTTL => ERR syntax error
		SET a 1 EX 0 => ERR invalid expire time in 'set' command
		SET a 1 EX x => ERR value is not an integer or out of range
		SET a 1 EX 9223372036854775807 => ERR invalid expire time in 'set' command
		SETNX a 9 => 0
		SETNX n 9 => 1
		GETSET n 10 => 9
		GETDEL n => 10
		GETDEL n => nil
		MSET x 1 y 2 => OK
		MSET x 1 y => ERR wrong number of arguments for 'mset' command
		MSETNX y 1 z 2 => 0
		MSETNX p 1 q 2 => 1
		MGET x y z p => *(1 2 nil 1)
		APPEND s hello => 5
		APPEND s world => 10
		STRLEN s => 10
		STRLEN none => 0
		GETRANGE s 0 4 => hello
		GETRANGE s -5 -1 => world
		GETRANGE s 5 100 => world
		GETRANGE s 5 2 => 
		GETRANGE s 0 -100 => h
		SET a 1 EX x zz => ERR syntax error
		GETEX none EX 0 => nil
		GETRANGE none 0 1 => 
		SETRANGE s 5 W => 10
		GET s => helloWorld
		SETRANGE s -1 x => ERR offset is out of range
		SETRANGE s 600000000 x => ERR string exceeds maximum allowed size (proto-max-bulk-len)
		GET => ERR wrong number of arguments for 'get' command
		GET a b => ERR wrong number of arguments for 'get' command`,
	"numbers": `
		INCR n => 1
		INCRBY n 10 => 11
		DECR n => 10
		DECRBY n 20 => -10
		SET n 9223372036854775807 => OK
		INCR n => ERR increment or decrement would overflow
		SET n -9223372036854775808 => OK
		DECR n => ERR increment or decrement would overflow
		DECRBY n -9223372036854775808 => ERR decrement would overflow
		SET n 1.5 => OK
		INCR n => ERR value is not an integer or out of range
		INCRBYFLOAT n 2 => 3.5
		INCRBYFLOAT n x => ERR value is not a valid float
		SET n 01 => OK
		INCR n => ERR value is not an integer or out of range
		INCRBY n +1 => ERR value is not an integer or out of range`,
	"expiry": `
		TTL a => -2
		SET a 1 => OK
		TTL a => -1
		EXPIRE a 100 => 1
		TTL a => 100
		PERSIST a => 1
		PERSIST a => 0
		TTL a => -1
		PEXPIRE a 100000 => 1
		TTL a => 100
		SET a 2 KEEPTTL => OK
		TTL a => 100
		SET a 2 => OK
		TTL a => -1
		SET a 2 EX 50 => OK
		TTL a => 50
		GETEX a EX 70 => 2
		TTL a => 70
		GETEX a PERSIST => 2
		TTL a => -1
		EXPIREAT a 99999999999 => 1
		EXPIRETIME a => 99999999999
		EXPIRE a 100 NX => 0
		EXPIRE a 100 GT => 0
		EXPIRE a 100 LT => 1
		EXPIRE a 100 NX XX => ERR NX and XX, GT or LT options at the same time are not compatible
		EXPIRE a 100 GT LT => ERR GT and LT options at the same time are not compatible
		EXPIRE a x GT NX => ERR NX and XX, GT or LT options at the same time are not compatible
		EXPIRE a 100 ZZ => ERR Unsupported option ZZ
		EXPIRE a -1 => 1
		EXISTS a => 0
		EXPIRE a 10 => 0
		EXPIRE a x => ERR value is not an integer or out of range
		SETEX b 10 v => OK
		TTL b => 10
		SETEX b 0 v => ERR invalid expire time in 'setex' command
		RENAME b c => OK
		TTL c => 10
		APPEND c w => 2
		TTL c => 10
		SET d 1 PXAT 1 => OK
		EXISTS d => 0`,
	"lists": `
		LPUSH l a b c => 3
		RPUSH l d => 4
		LRANGE l 0 -1 => *(c b a d)
		LRANGE l 1 2 => *(b a)
		LRANGE l -2 100 => *(a d)
		LRANGE l 5 6 => *()
		LRANGE none 0 -1 => *()
		LLEN l => 4
		LINDEX l 0 => c
		LINDEX l -1 => d
		LINDEX l 9 => nil
		LSET l 1 B => OK
		LSET l 9 B => ERR index out of range
		LSET none 0 B => ERR no such key
		LPOP l => c
		RPOP l => d
		LPOP l 5 => *(B a)
		EXISTS l => 0
		LPOP l => nil
		LPOP l 2 => nil
		LPOP l -1 => ERR value is out of range, must be positive
		LPUSHX l a => 0
		RPUSH l a b a c a => 5
		LREM l 2 a => 2
		LRANGE l 0 -1 => *(b c a)
		RPUSH l b => 4
		LREM l -1 b => 1
		LRANGE l 0 -1 => *(b c a)
		LREM l 0 z => 0
		LTRIM l 1 -1 => OK
		LRANGE l 0 -1 => *(c a)
		LTRIM l 5 9 => OK
		EXISTS l => 0
		SET s 1 => OK
		LPUSH s 1 => ` + wrongType + `
		LRANGE s 0 1 => ` + wrongType + `
		RPUSH l 1 => 1
		GET l => ` + wrongType + `
		INCR l => ` + wrongType + `
		SET l x GET => ` + wrongType + `
		SET l x => OK
		TYPE l => string`,
	"hashes": `
		HSET h a 1 b 2 => 2
		HSET h a 3 c 4 => 1
		HSET h a => ERR wrong number of arguments for 'hset' command
		HSET h a 1 b => ERR wrong number of arguments for 'hset' command
		HMSET h a 3 => OK
		HGET h a => 3
		HGET h z => nil
		HGET none z => nil
		HMGET h a z b => *(3 nil 2)
		HLEN h => 3
		HEXISTS h a => 1
		HEXISTS h z => 0
		HINCRBY h a 4 => 7
		HINCRBY h new 1 => 1
		HSET h t x => 1
		HINCRBY h t 1 => ERR hash value is not an integer
		HSTRLEN h t => 1
		HSETNX h t y => 0
		HSETNX h u y => 1
		HDEL h a b c new t z => 5
		HGETALL h => *(u y)
		HKEYS h => *(u)
		HVALS h => *(y)
		HSCAN h 0 => *(0 *(u y))
		HSCAN h 0 MATCH x* => *(0 *())
		HSCAN h x => ERR invalid cursor
		HDEL h u => 1
		EXISTS h => 0
		HGETALL h => *()
		SET s 1 => OK
		HSET s a 1 => ` + wrongType,
	"keys": `
		MSET a 1 b 2 c 3 => OK
		EXISTS a b z a => 3
		DEL a z => 1
		UNLINK b => 1
		DBSIZE => 1
		RENAME none x => ERR no such key
		RENAME c d => OK
		RENAME d d => OK
		RENAMENX d d => 0
		GET d => 3
		KEYS * => *(d)
		KEYS [a-c] => *()
		RANDOMKEY => d
		TYPE d => string
		TYPE z => none
		SCAN 0 COUNT 1000 => *(0 *(d))
		SCAN 0 COUNT 0 => ERR syntax error
		SCAN 0 COUNT 1000 TYPE list => *(0 *())
		SCAN zero => ERR invalid cursor
		FLUSHALL => OK
		RANDOMKEY => nil
		DBSIZE => 0
		SELECT 0 => OK
		SELECT 1 => ERR DB index is out of range`,
	"connection": `
		PING => PONG
		PING hi => hi
		ECHO hi => hi
		NOSUCH a b => ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' 
		CLIENT SETNAME me => OK
		CLIENT GETNAME => me
		CLIENT SETINFO LIB-NAME x => OK
		CONFIG GET save => *(save )
		CONFIG GET appendonly => *(appendonly no)
		HELLO 4 => NOPROTO unsupported protocol version
		AUTH x => ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?
		RESET => RESET
		CLIENT GETNAME => nil`,
	"transactions": `
		EXEC => ERR EXEC without MULTI
		DISCARD => ERR DISCARD without MULTI
		MULTI => OK
		MULTI => ERR MULTI calls can not be nested
		SET a 1 => QUEUED
		INCR a => QUEUED
		LPUSH a x => QUEUED
		GET a => QUEUED
		DBSIZE => QUEUED
		FLUSHALL => QUEUED
		EXEC => *(OK 2 ` + wrongType + ` 2 1 OK)
		MULTI => OK
		NOSUCH => ERR unknown command 'NOSUCH', with args beginning with: 
		EXEC => EXECABORT Transaction discarded because of previous errors.
		MULTI => OK
		SET a 1 => QUEUED
		DISCARD => OK
		GET a => nil
		MULTI => OK
		EXEC => *()`,
}

func TestCommands(t *testing.T) {
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			_, addr, _ := start(t, kv.Config{}, 1)
			c := dial(t, addr)
			for line := range strings.Lines(strings.TrimSpace(script)) {
				command, want, _ := strings.Cut(strings.TrimLeft(strings.TrimSuffix(line, "\n"), "\t"), " => ")
				if most, err := strconv.Atoi(want); err == nil && most > 1 && strings.HasPrefix(command, "TTL ") { // time goes on
					if got, err := strconv.Atoi(c.do(strings.Fields(command)...)); err != nil || got > most || got < most/2 {
						t.Errorf("%s: %d, %v, want %d or a little less", command, got, err, most)
					}
					continue
				}
				c.want(want, command)
			}
		})
	}
}

// An argument of Do that is nil is an empty one.
func TestDoWithNil(t *testing.T) {
	server, err := kv.New(kv.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const want = "-ERR value is not an integer or out of range\r\n"
	for _, time := range [][]byte{nil, {}} {
		if got := string(server.Do(nil, []byte("SET"), []byte("k"), []byte("v"), []byte("EX"), time)); got != want {
			t.Errorf("SET k v EX and %#v: %q, want %q", time, got, want)
		}
	}
	server.Do(nil, []byte("SET"), []byte("k"), nil)
	if got := string(server.Do(nil, []byte("SCAN"), []byte("0"), []byte("COUNT"), []byte("1000"), []byte("MATCH"), nil)); got != "*2\r\n$1\r\n0\r\n*0\r\n" {
		t.Errorf("SCAN of the keys that are like nothing: %q", got)
	}
}

// With RESP 3 there are maps and one null.
func TestHello3(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 1)
	c := dial(t, addr)
	c.send("HELLO", "3", "SETNAME", "me")
	if got := c.reply(); !strings.HasPrefix(got, "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n") || !strings.Contains(got, "$5\r\nproto\r\n:3\r\n") {
		t.Errorf("HELLO 3: %q", got)
	}
	c.want("me", "CLIENT GETNAME")
	c.send("GET", "none")
	if got := c.reply(); got != "_\r\n" {
		t.Errorf("null: %q", got)
	}
	c.want("1", "HSET h a 1")
	c.want("%(a 1)", "HGETALL h")
}

func TestPassword(t *testing.T) {
	_, addr, _ := start(t, kv.Config{Password: "pw"}, 1)
	c := dial(t, addr)
	c.want("NOAUTH Authentication required.", "GET a")
	c.want("WRONGPASS invalid username-password pair or user is disabled.", "AUTH no")
	c.want("NOAUTH Authentication required.", "PING")
	c.want("OK", "AUTH pw")
	c.want("nil", "GET a")
	c = dial(t, addr)
	if got := c.do("HELLO", "3"); !strings.HasPrefix(got, "NOAUTH ") {
		t.Error(got)
	}
	if got := c.do("HELLO", "3", "AUTH", "default", "pw"); !strings.HasPrefix(got, "%(server redis") {
		t.Error(got)
	}
	c.want("PONG", "PING")
}
