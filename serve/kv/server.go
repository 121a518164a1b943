package kv

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/wire/resp"
)

// Config is what a Server goes by. The zero value keeps everything in memory, lets everybody in, and has Redis' limits.
type Config struct {
	// Serve has the limits and hooks of connections.
	Serve serve.Config
	// Limits are those of a command; zeros are Redis' defaults. A connection holds up to Limits.Total bytes of a command that
	// has not come as a whole, of what a client sends that waits in BLPOP or BRPOP, and of what it has queued by MULTI, where an argument counts 32
	// bytes more: one that sends more is disconnected. Who has not sent the Password yet may send 10 arguments of 16 KiB.
	Limits resp.Limits
	// Password, if set, is what clients send by AUTH or HELLO before anything else.
	Password string
	// MaxUnread is how many bytes of published messages may wait for a subscriber who does not read them; 0: 32 MiB.
	// At the limit he is disconnected.
	MaxUnread int
	// Log is the file that every change is appended to, and that New replays; empty: none. It may be a symbolic link to one. Only one server
	// may have it open.
	Log string
	// Fsync is when the file is forced to the disk.
	Fsync Fsync
	// Grow is by how many per cent the log may grow until it is rewritten by itself, see [Server.RewriteLog], once it has 64 MiB; 0: 100.
	// Negative: it is not.
	Grow int
}

const defaultUnread = 32 << 20

// Server is a key-value store, and what serves it to clients. Its methods may be called by any thread.
type Server struct {
	config   Config
	serve    *serve.Server
	seed     maphash.Seed
	shards   [shards]shard
	hub      hub
	log      *appendLog // nil: none
	rewrites rewrites
	clock    expirer
	began    time.Time
	loaded   Recovery

	ids, clients, cut, expirations, done, heeds word.Int64
}

// New returns a server. If there is a log it is replayed, which blocks; see Recovery for what was found. The server is
// ended by Close.
func New(config Config) (*Server, error) {
	if config.MaxUnread < 0 {
		return nil, fmt.Errorf("kv: MaxUnread is %d; it takes 1 or more bytes, or 0 for 32 MiB", config.MaxUnread)
	}
	for _, l := range []struct {
		name string
		n    int
	}{{"Args", config.Limits.Args}, {"Bulk", config.Limits.Bulk}, {"Total", config.Limits.Total}} {
		if l.n < 0 {
			return nil, fmt.Errorf("kv: Limits.%s is %d; it takes 1 or more, or 0 for Redis' limit", l.name, l.n)
		}
	}
	if config.Fsync > FsyncNo {
		return nil, fmt.Errorf("kv: Fsync is %d; it takes FsyncEverySecond, FsyncAlways or FsyncNo", config.Fsync)
	}
	if config.MaxUnread == 0 {
		config.MaxUnread = defaultUnread
	}
	kv := &Server{config: config, seed: maphash.MakeSeed(), began: time.Now()}
	kv.clock.kv = kv
	for i := range kv.shards {
		kv.shards[i].clock = &kv.clock
	}
	var err error
	if kv.serve, err = serve.NewOf(config.Serve, func(c *conn) { c.kv = kv; kv.clients.Add(1) }); err != nil {
		return nil, err
	}
	if config.Log == "" {
		return kv, nil
	}
	name := throughLinks(config.Log)
	if kv.loaded, err = kv.load(name); err != nil {
		return nil, err
	}
	if err := os.Remove(besideLog(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("kv: what a crash has left of a new log cannot be removed: %w", err)
	}
	if kv.log, err = openLog(name, config.Fsync); err != nil {
		return nil, err
	}
	kv.config.Log = throughLinks(name) // which opening it may have made, where a link leads
	kv.log.growsBy(config.Grow, func() { _, _ = kv.startRewrite() })
	return kv, nil
}

// throughLinks returns where the symbolic links of a file lead: a new log is to take the file's place, and not the link's.
func throughLinks(name string) string {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	return name // there is none yet, or opening it tells why not
}

// Recovery returns what New found in the log.
func (kv *Server) Recovery() Recovery { return kv.loaded }

// Run listens at an address, as of netio.Listen, tells ready what that came to, if it is not nil, and serves on rt until
// ctx is done; then it drains, as serve.Server.Run does. It blocks, and so returns future.ErrOnWorker on a worker.
func (kv *Server) Run(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error {
	kv.clock.start(rt)
	return kv.serve.Run(ctx, rt, network, address, ready)
}

// Serve accepts from l as well, in tasks of sp's runtime. It takes l over and does not block.
func (kv *Server) Serve(sp sched.Spawner, l *netio.Listener) {
	kv.clock.start(sp)
	sched.SpawnDetached(sp, kv.serve.Serve(l))
}

// Shutdown ends serving as serve.Server.Shutdown does: each connection answers what has reached it, and ends. One that is new has
// Config.Serve.FirstTime to send commands, and any has that for the rest of one; a client that waits in BLPOP is not waited for. It blocks.
func (kv *Server) Shutdown(ctx context.Context) error { return kv.serve.Shutdown(ctx) }

// Close cuts the connections that are left, writes the log to the disk and closes it: if there is one, Do changes nothing any more. It blocks.
func (kv *Server) Close() error {
	err := kv.serve.Close()
	kv.clock.end()
	kv.rewrites.close()
	if kv.log != nil {
		kv.log.over.Store(true)
		kv.lockAll() // who has not seen that has appended by now
		kv.unlockAll()
		err = errors.Join(err, kv.log.close())
	}
	return err
}

// Metrics returns what the connections have done.
func (kv *Server) Metrics() serve.Metrics { return kv.serve.Metrics() }

// Do runs a command as a client of RESP 2 would, appends the reply to dst, and returns that. Any thread may call it. It
// does not wait for the log; of commands that need a connection, as SUBSCRIBE, the reply is an error.
func (kv *Server) Do(dst []byte, args ...[]byte) []byte {
	if len(args) == 0 {
		panic("kv: Do of no command")
	}
	c := kv.call()
	defer c.free()
	c.s = &session{authorized: true}
	c.out = dst
	for _, a := range args {
		if a == nil {
			a = []byte{} // as a client would send it: nil says in options that there is none
		}
		c.args = append(c.args, a)
	}
	c.do()
	return c.out
}
