package kv

import (
	"crypto/subtle"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/magpie-go/magpie/wire/resp"
)

var connectionCommands = []command{
	{"ping", -1, 0, 0, 0, listens, ping},
	{"echo", 2, 0, 0, 0, 0, func(c *call) { c.bulk(c.args[1]) }},
	{"hello", -1, 0, 0, 0, open | single, hello},
	{"auth", -2, 0, 0, 0, open | single, auth},
	{"select", 2, 0, 0, 0, 0, selectDB},
	{"client", -2, 0, 0, 0, parent, client},
	{"info", -1, 0, 0, 0, 0, info},
	{"config", -2, 0, 0, 0, parent, config},
	{"command", -1, 0, 0, 0, parent, commandCommand},
	{"bgrewriteaof", 1, 0, 0, 0, 0, rewriteLog},
	{"time", 1, 0, 0, 0, 0, timeCommand},
	{"quit", -1, 0, 0, 0, open | listens | atOnce, func(c *call) { c.ok(); c.quit = true }},
	{"reset", 1, 0, 0, 0, open | listens | atOnce, reset},
}

// redisVersion is the one whose commands these are, for clients that ask.
const redisVersion = "7.0.0"

func ping(c *call) {
	if len(c.args) > 2 {
		c.fail("ERR wrong number of arguments for 'ping' command")
		return
	}
	text := []byte(nil)
	if len(c.args) == 2 {
		text = c.args[1]
	}
	switch {
	case c.s != nil && c.v < resp.V3 && c.s.box != nil && c.s.box.subscribed():
		c.array(2)
		c.text("pong")
		c.bulk(text)
	case len(c.args) == 2:
		c.bulk(text)
	default:
		c.out = append(c.out, "+PONG\r\n"...)
	}
}

// login checks a name and password, or answers what is wrong with them.
func (c *call) login(user string, password []byte) bool {
	want := c.kv.config.Password
	switch {
	case want == "":
		if user == "default" {
			return true
		}
	case user == "default" && subtle.ConstantTimeCompare(password, []byte(want)) == 1:
		return true
	}
	c.fail("WRONGPASS invalid username-password pair or user is disabled.")
	return false
}

func auth(c *call) {
	user, password := "default", c.args[1]
	switch {
	case len(c.args) > 3:
		c.fail(syntaxError)
		return
	case len(c.args) == 3:
		user, password = string(c.args[1]), c.args[2]
	case c.kv.config.Password == "":
		c.fail("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")
		return
	}
	if c.login(user, password) {
		c.session().authorized = true
		c.ok()
	}
}

func hello(c *call) {
	v := c.v
	if len(c.args) > 1 {
		n, ok := parseInt(c.args[1])
		if !ok {
			c.fail("ERR Protocol version is not an integer or out of range")
			return
		}
		if n != 2 && n != 3 {
			c.fail("NOPROTO unsupported protocol version")
			return
		}
		v = resp.Version(n)
	}
	var name []byte
	authorized := false
	for i := 2; i < len(c.args); {
		switch {
		case is(c.args[i], "AUTH") && i+2 < len(c.args):
			if !c.login(string(c.args[i+1]), c.args[i+2]) {
				return
			}
			authorized = true
			i += 3
		case is(c.args[i], "SETNAME") && i+1 < len(c.args):
			if name = c.args[i+1]; !c.isName(name, "Client names cannot contain spaces, newlines or special characters.") {
				return
			}
			i += 2
		default:
			c.fail("ERR Syntax error in HELLO option '" + string(c.args[i]) + "'")
			return
		}
	}
	if c.kv.config.Password != "" && !authorized && (c.s == nil || !c.s.authorized) {
		c.fail("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time")
		return
	}
	if authorized || name != nil {
		s := c.session()
		s.authorized = s.authorized || authorized
		if name != nil {
			s.name = string(name)
		}
	}
	c.speak(v)
	c.out = v.AppendMap(c.out, 7)
	c.text("server")
	c.text("redis")
	c.text("version")
	c.text(redisVersion)
	c.text("proto")
	c.int(int64(v))
	c.text("id")
	c.int(c.id())
	c.text("mode")
	c.text("standalone")
	c.text("role")
	c.text("master")
	c.text("modules")
	c.array(0)
}

// speak changes the version of the protocol. What was published before is told before the command is answered: behind the answer to RESET
// the client expects no message any more, and none in the old form behind that to HELLO.
func (c *call) speak(v resp.Version) {
	c.v = v
	if c.s != nil && c.s.box != nil {
		c.out = c.s.box.speak(c.out, v)
	}
}

// id returns the number of the client.
func (c *call) id() int64 {
	if c.conn == nil {
		return 0
	}
	if c.conn.id == 0 {
		c.conn.id = c.kv.ids.Add(1)
	}
	return c.conn.id
}

func selectDB(c *call) {
	switch n, ok := parseInt(c.args[1]); {
	case !ok:
		c.fail(notAnInt)
	case n != int64(int32(n)):
		c.fail("ERR value is out of range, value must between -2147483648 and 2147483647")
	case n != 0:
		c.fail("ERR DB index is out of range")
	default:
		c.ok()
	}
}

// isName reports whether a name has no blank and nothing that is not printed, or answers that it has.
func (c *call) isName(name []byte, otherwise string) bool {
	for _, b := range name {
		if b < '!' || b > '~' {
			c.fail("ERR " + otherwise)
			return false
		}
	}
	return true
}

func client(c *call) {
	switch sub := c.args[1]; {
	case is(sub, "ID"):
		c.int(c.id())
	case is(sub, "GETNAME"):
		if c.s == nil || c.s.name == "" {
			c.null()
		} else {
			c.text(c.s.name)
		}
	case is(sub, "SETNAME"):
		if c.isName(c.args[2], "Client names cannot contain spaces, newlines or special characters.") {
			c.session().name = string(c.args[2])
			c.ok()
		}
	case is(sub, "SETINFO"):
		c.setInfo(c.args[2], c.args[3])
	case (is(sub, "LIST") || is(sub, "INFO")) && len(c.args) == 2:
		c.out = c.v.AppendVerbatim(c.out, "txt", c.describe())
	default:
		c.fail("ERR unknown subcommand or wrong number of arguments for '" + c.subcommand() + "'. Try CLIENT HELP.")
	}
}

func (c *call) setInfo(what, text []byte) {
	s := c.session()
	switch {
	case is(what, "LIB-NAME"):
		if c.isName(text, "lib-name cannot contain spaces, newlines or special characters.") {
			s.lib = string(text)
			c.ok()
		}
	case is(what, "LIB-VER"):
		if c.isName(text, "lib-ver cannot contain spaces, newlines or special characters.") {
			s.ver = string(text)
			c.ok()
		}
	default:
		c.fail("ERR Unrecognized option '" + string(what) + "'")
	}
}

// describe is the line of CLIENT LIST, which tells of the client that asks alone.
func (c *call) describe() string {
	s, addr := c.s, ""
	if s == nil {
		s = new(session)
	}
	if c.conn != nil {
		addr = c.conn.RemoteAddr().String()
	}
	return fmt.Sprintf("id=%d addr=%s name=%s db=0 resp=%d lib-name=%s lib-ver=%s\n", c.id(), addr, s.name, c.v, s.lib, s.ver)
}

// config answers what clients ask before they begin: CONFIG GET alone is there.
func config(c *call) {
	values := [][2]string{{"save", ""}, {"appendonly", "no"}, {"appendfsync", c.kv.config.Fsync.String()}, {"databases", "1"}, {"maxmemory", "0"}}
	if c.kv.log != nil {
		values[1][1] = "yes"
	}
	var found []string
	for _, v := range values {
		for _, pattern := range c.args[2:] {
			if match(pattern, []byte(v[0])) {
				found = append(found, v[0], v[1])
				break
			}
		}
	}
	c.out = c.v.AppendMap(c.out, len(found)/2)
	for _, s := range found {
		c.text(s)
	}
}

func timeCommand(c *call) {
	now := time.Now()
	c.array(2)
	c.text(strconv.FormatInt(now.Unix(), 10))
	c.text(strconv.FormatInt(int64(now.Nanosecond()/1000), 10))
}

func reset(c *call) {
	if c.s != nil {
		c.s.leave(c.kv)
		c.s.endMulti()
		c.s.unwatch(c.kv)
		c.s.authorized, c.s.name = false, ""
	}
	c.speak(resp.V2)
	c.simple("RESET")
}

func info(c *call) {
	kv := c.kv
	want := func(section string) bool {
		for _, a := range c.args[1:] {
			if is(a, section) || is(a, "ALL") || is(a, "EVERYTHING") || is(a, "DEFAULT") {
				return true
			}
		}
		return len(c.args) == 1
	}
	keys, due := 0, 0
	c.eachShard(0, func(_ int, s *shard) bool {
		keys, due = keys+s.keys.n, due+len(s.due)
		return true
	})
	var b strings.Builder
	section := func(name string, lines ...any) {
		if !want(strings.ToUpper(name)) {
			return
		}
		fmt.Fprintf(&b, "# %s\r\n", name)
		for i := 0; i < len(lines); i += 2 {
			fmt.Fprintf(&b, "%s:%v\r\n", lines[i], lines[i+1])
		}
		b.WriteString("\r\n")
	}
	section("Server", "redis_version", redisVersion, "redis_mode", "standalone", "os", runtime.GOOS+" "+runtime.GOARCH, "uptime_in_seconds", int64(time.Since(kv.began).Seconds()))
	section("Clients", "connected_clients", kv.clients.Load(), "cut_subscribers", kv.cut.Load())
	if want("MEMORY") {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		section("Memory", "used_memory", m.HeapAlloc)
	}
	section("Persistence", kv.persistence()...)
	section("Stats", "total_commands_processed", kv.done.Load(), "expired_keys", kv.expirations.Load(), "pubsub_channels", kv.hub.channelCount(), "pubsub_patterns", kv.hub.patternCount())
	section("Replication", "role", "master", "connected_slaves", 0)
	if keys > 0 {
		section("Keyspace", "db0", fmt.Sprintf("keys=%d,expires=%d,avg_ttl=0", keys, due))
	}
	c.out = c.v.AppendVerbatim(c.out, "txt", b.String())
}

// commandCommand answers COUNT and what there is; DOCS, which redis-cli asks for at its start, has nothing.
func commandCommand(c *call) {
	switch {
	case len(c.args) == 1:
		c.array(len(commands))
		for _, cmd := range commands {
			c.about(cmd)
		}
	case is(c.args[1], "COUNT"):
		c.count(len(commands))
	case is(c.args[1], "DOCS"):
		c.out = c.v.AppendMap(c.out, 0)
	case is(c.args[1], "INFO"):
		c.array(len(c.args) - 2)
		for _, name := range c.args[2:] {
			if cmd := find(name); cmd != nil {
				c.about(cmd)
			} else {
				c.out = c.v.AppendNullArray(c.out)
			}
		}
	}
}

func (c *call) about(cmd *command) {
	c.array(6)
	c.text(cmd.name)
	c.count(cmd.arity)
	c.out = c.v.AppendSet(c.out, 1)
	if cmd.flags&writes != 0 {
		c.simple("write")
	} else {
		c.simple("readonly")
	}
	c.count(cmd.first)
	c.count(cmd.last)
	c.count(cmd.step)
}
