package kv

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// do runs a command of words.
func (kv *Server) do(words ...string) string {
	args := make([][]byte, len(words))
	for i, w := range words {
		args[i] = []byte(w)
	}
	return string(kv.Do(nil, args...))
}

// dump is all that there is, in order.
func (kv *Server) dump() string {
	kv.lockAll()
	defer kv.unlockAll()
	var all []string
	for i := range kv.shards {
		for e := range kv.shards[i].keys.all {
			v := &e.value
			s := fmt.Sprintf("%s %v %d", e.key, v.kind, v.at)
			switch v.kind {
			case aString:
				s += fmt.Sprintf(" %q", v.text)
			case aList:
				for i := range v.list.n {
					s += fmt.Sprintf(" %q", *v.list.at(i))
				}
			case aHash:
				var fields []string
				for f := range v.fields.all {
					fields = append(fields, fmt.Sprintf(" %q=%q", f.key, f.value))
				}
				slices.Sort(fields)
				s += strings.Join(fields, "")
			}
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// written waits until all that was done has reached the file.
func (kv *Server) written(t *testing.T) {
	t.Helper()
	turn := uint64(0)
	_, err := future.BlockOn[future.Unit](future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		ok, err := kv.log.reached(cx, kv.log.appended.Load(), &turn)
		if !ok && err == nil {
			return future.Pending[future.Unit]()
		}
		return future.Done(future.Unit{}, err)
	}))
	if err != nil {
		t.Error(err)
	}
}

// reopened is a server of a log.
func reopened(t *testing.T, name string) *Server {
	t.Helper()
	server, err := New(Config{Log: name, Fsync: FsyncNo, Grow: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

// fill makes keys of all kinds.
func (kv *Server) fill() {
	const later = "9999999999999"
	for i := range 500 {
		n := fmt.Sprint(i)
		kv.do("SET", "s"+n, "value "+n)
		kv.do("INCR", "n"+fmt.Sprint(i%10))
	}
	for i := range 200 {
		kv.do("RPUSH", "list", fmt.Sprint(i))
		kv.do("HSET", "hash", "f"+fmt.Sprint(i), fmt.Sprint(i))
	}
	kv.do("SET", "timed", "\x00\r\n", "PXAT", later)
	kv.do("RPUSH", "timed list", "", "b")
	kv.do("PEXPIREAT", "timed list", later)
	kv.do("HSET", "timed hash", "", "")
	kv.do("PEXPIREAT", "timed hash", later)
	kv.do("SET", "long", strings.Repeat("x", 100_000))
	kv.do("SET", "empty", "")
}

// change changes keys of all kinds, so that doing it twice or not at all shows.
func (kv *Server) change(i int) {
	n := fmt.Sprint(i)
	kv.do("INCR", "n"+fmt.Sprint(i%10))
	kv.do("APPEND", "s"+n, "+")
	kv.do("LPOP", "list")
	kv.do("RPUSH", "list", n)
	kv.do("HINCRBY", "hash", "f1", "1")
	kv.do("RENAME", "s"+fmt.Sprint(300+i%200), "s"+fmt.Sprint(300+(i+7)%200))
	kv.do("DEL", "s"+fmt.Sprint(200+i%100))
	kv.do("MSET", "a"+n, "1", "b"+n, "2")
	kv.do("LSET", "list", "0", "first "+n)
}

// A shorter log has the same keys.
func TestRewriteLog(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	server := reopened(t, name)
	server.fill()
	server.written(t)
	before, want := server.log.size(), server.dump()
	if err := server.RewriteLog(); err != nil {
		t.Fatal(err)
	}
	if server.dump() != want {
		t.Error("it has changed keys")
	}
	info, err := os.Stat(name)
	if err != nil || info.Size() != server.log.size() || info.Size() >= before {
		t.Errorf("%v, %v: %d bytes, as far as the server knows, after %d", info, err, server.log.size(), before)
	}
	if _, err := os.Stat(besideLog(name)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the other file: %v", err)
	}
	server.change(1)
	want = server.dump()
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if again := reopened(t, name); again.dump() != want {
		t.Errorf("after a restart:\n%s\nwant:\n%s", again.dump(), want)
	}
}

// Wherever a process ends while the log is rewritten, the log has all that was changed, before and meanwhile.
func TestCrashWhileTheLogIsRewritten(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "log")
	server := reopened(t, name)
	server.fill()
	server.written(t)
	steps, taken := 0, map[string]bool{}
	byLog := false // the goroutine of the log takes the steps: what is changed then is not written before the end
	server.rewrites.step = func(step string) {
		if t.Failed() {
			return
		}
		byLog = byLog || step == "copy the rest"
		if !byLog {
			server.change(steps)
			server.written(t)
		}
		if steps++; step == "shard" && steps%16 != 0 {
			return
		}
		taken[step] = true
		crashed := filepath.Join(t.TempDir(), "log")
		for _, f := range []func(string) string{func(n string) string { return n }, besideLog} {
			data, err := os.ReadFile(f(name))
			if err == nil {
				err = os.WriteFile(f(crashed), data, 0o600)
			}
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
		}
		again, err := New(Config{Log: crashed, Grow: -1})
		if err != nil {
			t.Errorf("%s: %v", step, err)
			return
		}
		defer again.Close()
		if got, want := again.dump(), server.dump(); got != want {
			t.Errorf("a crash before %q leaves:\n%s\nwant:\n%s", step, got, want)
		}
		if _, err := os.Stat(besideLog(crashed)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: what the crash has left beside the log is there: %v", step, err)
		}
	}
	if err := server.RewriteLog(); err != nil {
		t.Fatal(err)
	}
	if len(taken) != 8 {
		t.Errorf("steps: %v", taken)
	}
	server.change(1000)
	want := server.dump()
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if got := reopened(t, name).dump(); got != want {
		t.Errorf("in the end:\n%s\nwant:\n%s", got, want)
	}
}

// What was there before FLUSHALL does not come back with a snapshot.
func TestFlushWhileTheLogIsRewritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	server := reopened(t, name)
	server.fill()
	n := 0
	server.rewrites.step = func(step string) {
		if n++; n == shards/2 {
			server.change(1)
			server.do("FLUSHALL")
			server.do("SET", "s1", "new")
			server.do("RPUSH", "list", "new")
		}
	}
	if err := server.RewriteLog(); err != nil {
		t.Fatal(err)
	}
	want := server.dump()
	server.Close()
	if got := reopened(t, name).dump(); got != want {
		t.Errorf("%s\nwant:\n%s", got, want)
	}
}

// Threads that change keys, alone and in transactions, while the log is rewritten again and again.
func TestLogIsRewrittenUnderLoad(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	server := reopened(t, name)
	server.fill()
	var threads sync.WaitGroup
	stop := make(chan struct{})
	for i := range 3 {
		threads.Go(func() {
			s := &session{authorized: true}
			for n := i; ; n += 3 {
				select {
				case <-stop:
					return
				default:
				}
				server.change(n % 1000)
				c := server.call()
				c.s = s
				for _, words := range [][]string{{"MULTI"}, {"INCR", "together1"}, {"INCR", "together2"}, {"LPUSH", "list", "x"}, {"RPOP", "list"}, {"EXEC"}} {
					c.args = c.args[:0]
					for _, w := range words {
						c.args = append(c.args, []byte(w))
					}
					c.do()
				}
				c.free()
			}
		})
	}
	for range 10 {
		if err := server.RewriteLog(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	threads.Wait()
	want := server.dump()
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if got := reopened(t, name).dump(); got != want {
		t.Errorf("%d bytes of keys, want %d", len(got), len(want))
	}
}

// What a client is told, and what becomes of one that cannot be done.
func TestRewriteLogCommand(t *testing.T) {
	if got := new(Server).do("BGREWRITEAOF"); !strings.Contains(got, "there is no log") {
		t.Errorf("without a log: %q", got)
	}
	name := filepath.Join(t.TempDir(), "log")
	server := reopened(t, name)
	server.do("SET", "a", "1")
	info := func(want ...string) {
		t.Helper()
		got := server.do("INFO", "persistence")
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("INFO says %q, and not %q", got, w)
			}
		}
	}
	reached, goOn := make(chan bool), make(chan bool)
	server.rewrites.step = func(step string) {
		if step == "open" {
			reached <- true
			<-goOn
		}
	}
	if got := server.do("BGREWRITEAOF"); got != "+Background append only file rewriting started\r\n" {
		t.Errorf("%q", got)
	}
	<-reached
	if got := server.do("BGREWRITEAOF"); got != "-ERR Background append only file rewriting already in progress\r\n" {
		t.Errorf("%q", got)
	}
	info("aof_enabled:1", "aof_rewrite_in_progress:1")
	done := server.rewrites.done
	goOn <- true
	<-done
	info("aof_rewrite_in_progress:0", "aof_last_bgrewrite_status:ok", "aof_current_size:27", "aof_base_size:27")

	server.rewrites.step = nil
	if err := os.Mkdir(besideLog(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := server.RewriteLog(); err == nil || !strings.Contains(err.Error(), "was not rewritten") {
		t.Errorf("with something else of that name: %v", err)
	}
	info("aof_last_bgrewrite_status:err", "aof_last_write_status:ok")
	server.do("SET", "b", "2")
	if err := os.Remove(besideLog(name)); err != nil {
		t.Fatal(err)
	}
	if err := server.RewriteLog(); err != nil {
		t.Error(err)
	}
	info("aof_last_bgrewrite_status:ok")
	want := server.dump()
	server.Close()
	if err := server.RewriteLog(); err == nil {
		t.Error("a closed server rewrote its log")
	}
	if got := reopened(t, name).dump(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A server that is closed does not wait for a whole log.
func TestCloseWhileTheLogIsRewritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	server := reopened(t, name)
	server.fill()
	closing := make(chan error)
	n := 0
	server.rewrites.step = func(step string) {
		if step != "shard" {
			return
		}
		if n++; n == 1 {
			go func() { closing <- server.Close() }()
			for !server.rewrites.aborted.Load() {
			}
		}
	}
	want := server.dump()
	if err := server.RewriteLog(); !errors.Is(err, errClosed) {
		t.Errorf("RewriteLog: %v", err)
	}
	if err := <-closing; err != nil || n != 1 {
		t.Errorf("Close: %v, after %d shards", err, n)
	}
	if got := reopened(t, name).dump(); got != want {
		t.Error("something was lost")
	}
}

func TestGrowth(t *testing.T) {
	begun := 0
	g := growth{percent: 50, begin: func() { begun++ }}
	for _, s := range []struct {
		size int64 // in MiB
		want int
	}{{1, 0}, {63, 0}, {64, 1}, {65, 1}, {90, 2}} {
		if g.look(s.size << 20); begun != s.want {
			t.Errorf("at %d MiB it was begun %d times, want %d", s.size, begun, s.want)
		}
	}
	g.base.Store(100 << 20)
	if g.look(149 << 20); begun != 2 {
		t.Error("begun too early")
	}
	if g.look(150 << 20); begun != 3 {
		t.Error("not begun")
	}
}
