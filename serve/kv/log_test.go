package kv_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

// ask runs a command and returns the reply as text.
func ask(t *testing.T, server *kv.Server, command string) string {
	var args [][]byte
	for _, w := range strings.Fields(command) {
		args = append(args, []byte(w))
	}
	return show(t, string(server.Do(nil, args...)))
}

// All that was changed is there after a restart, whatever the policy.
func TestLogIsReplayed(t *testing.T) {
	for _, policy := range []kv.Fsync{kv.FsyncEverySecond, kv.FsyncAlways, kv.FsyncNo} {
		t.Run(policy.String(), func(t *testing.T) {
			config := kv.Config{Log: filepath.Join(t.TempDir(), "log"), Fsync: policy}
			_, addr, stop := start(t, config, 2)
			c := dial(t, addr)
			for _, command := range []string{
				"SET a 1", "INCR a", "APPEND a x", "SET gone 1", "DEL gone", "SET timed v EX 1000", "SETEX timed2 1000 v", "EXPIRE a 500",
				"SET over v PX 1", "RPUSH l a b c", "LPOP l", "LSET l 0 B", "HSET h f 1", "HINCRBY h f 5", "RENAME l list", "INCRBYFLOAT fl 1.5",
				"MULTI", "SET m 1", "INCR m", "GET m", "EXEC", "GETDEL m", "SETRANGE r 3 x", "GETEX a PERSIST", "HSET h g 1", "HDEL h g", "MSET p 1 q 2",
			} {
				c.do(strings.Fields(command)...)
			}
			// Its time is over before it is asked for, and then it begins anew, without a time.
			testkit.Until(t, "its time is over", func() bool { return c.do("EXISTS", "over") == "0" })
			c.want("1", "INCR over")
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			server, err := kv.New(config)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			for command, want := range map[string]string{
				"GET a": "2x", "TTL a": "-1", "EXISTS gone m l": "0", "GET over": "1", "TTL over": "-1", "LRANGE list 0 -1": "*(B c)",
				"HGETALL h": "*(f 6)", "GET fl": "1.5", "GET r": "\x00\x00\x00x", "MGET p q": "*(1 2)", "GET timed": "v", "GET timed2": "v", "DBSIZE": "10",
			} {
				if got := ask(t, server, command); got != want {
					t.Errorf("%s: %s, want %s", command, got, want)
				}
			}
			if ttl := ask(t, server, "TTL timed"); ttl != "1000" && (len(ttl) != 3 || ttl[0] != '9') {
				t.Errorf("TTL %s", ttl)
			}
			if r := server.Recovery(); r.Cut != 0 || r.Commands == 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Whoever closes, the log is written when Close returns, also if somebody else was faster.
func TestLogIsClosedByMany(t *testing.T) {
	text := []byte(strings.Repeat("x", 100_000))
	for range 3 {
		name := filepath.Join(t.TempDir(), "log")
		server, err := kv.New(kv.Config{Log: name})
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			server.Do(nil, []byte("SET"), []byte("a"), text)
		}
		want := 20 * len(resp.AppendCommand(nil, []byte("SET"), []byte("a"), text))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				err := server.Close()
				if file, statErr := os.Stat(name); statErr != nil || file.Size() != int64(want) || err != nil {
					t.Errorf("%v, %v; want %d bytes", file, err, want)
				}
			})
		}
		all.Wait()
	}
}

// Wherever the log was cut, what is whole is there, and a transaction as a whole or not at all.
func TestTruncatedLog(t *testing.T) {
	whole := resp.AppendCommand(nil, "SET", "a", "1")
	first := len(whole)
	whole = resp.AppendCommand(whole, "MULTI")
	whole = resp.AppendCommand(whole, "SET", "a", "2")
	whole = resp.AppendCommand(whole, "SET", "b", "2")
	whole = resp.AppendCommand(whole, "EXEC")
	second := len(whole)
	whole = resp.AppendCommand(whole, "INCR", "b")
	name := filepath.Join(t.TempDir(), "log")
	for n := range len(whole) + 1 {
		if err := os.WriteFile(name, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		server, err := kv.New(kv.Config{Log: name})
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		want, kept := "*(nil nil)", 0
		switch {
		case n == len(whole):
			want, kept = "*(2 3)", n
		case n >= second:
			want, kept = "*(2 2)", second
		case n >= first:
			want, kept = "*(1 nil)", first
		}
		if got := ask(t, server, "MGET a b"); got != want {
			t.Errorf("%d bytes: %s, want %s", n, got, want)
		}
		if r := server.Recovery(); r.Cut != int64(n-kept) || r.Bytes != int64(kept) {
			t.Errorf("%d bytes: %+v", n, r)
		}
		server.Do(nil, []byte("SET"), []byte("z"), []byte("1"))
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		// What is appended to what was cut off is readable.
		again, err := kv.New(kv.Config{Log: name})
		if err != nil {
			t.Fatalf("%d bytes and more: %v", n, err)
		}
		if got := ask(t, again, "GET z"); got != "1" || again.Recovery().Cut != 0 {
			t.Errorf("%d bytes and more: %s, %+v", n, got, again.Recovery())
		}
		again.Close()
	}
}

// What is damaged in its middle is not guessed at.
func TestDamagedLog(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	good := resp.AppendCommand(nil, "SET", "a", "1")
	for _, bad := range []string{"*1\r\n!3\r\nabc\r\n", "*1\r\n$3\r\nABC\r\n", "*2\r\n$4\r\nINCR\r\n$1\r\nx\r\n*1\r\n$4\r\nINCR\r\n"} {
		data := append(append(append([]byte{}, good...), bad...), good...)
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := kv.New(kv.Config{Log: name})
		if err == nil || !strings.Contains(err.Error(), "is damaged at byte") || !strings.Contains(err.Error(), "truncate -s") {
			t.Errorf("%q: %v", bad, err)
		}
		if now, _ := os.ReadFile(name); string(now) != string(data) {
			t.Error("the log was changed")
		}
	}
}

// A log that is no regular file is refused: a pipe would be waited for, and a device keeps nothing.
func TestLogIsARegularFile(t *testing.T) {
	name := "/dev/null"
	if _, err := os.Stat(name); err != nil {
		t.Skip(err)
	}
	server, err := kv.New(kv.Config{Log: name})
	if err == nil {
		server.Close()
		t.Fatal("a device is a log")
	}
	if !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "regular file") {
		t.Error(err)
	}
}

// Of a log in which a length is damaged nothing is thrown away.
func TestLogWithADamagedLength(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	good := resp.AppendCommand(nil, "SET", "a", "1")
	for _, bad := range []string{"*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$500\r\nvalue\r\n", "*3\r\n$3\r\nSET\r\n$50000\r\nb\r\n$5\r\nvalue\r\n"} {
		data := append(append(append([]byte{}, good...), bad...), good...)
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := kv.New(kv.Config{Log: name})
		if want := fmt.Sprintf("is damaged at byte %d: ", len(good)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", bad, err)
		}
		if now, _ := os.ReadFile(name); string(now) != string(data) {
			t.Error("the log was changed")
		}
	}
}

// TestServes is the process that TestCrash kills.
func TestServes(t *testing.T) {
	name := os.Getenv("KV_TEST_LOG")
	if name == "" {
		t.Skip("run by TestCrash")
	}
	policy, err := kv.ParseFsync(os.Getenv("KV_TEST_FSYNC"))
	if err != nil {
		t.Fatal(err)
	}
	_, addr, _ := start(t, kv.Config{Log: name, Fsync: policy}, 2)
	fmt.Printf("at %s\n", addr)
	select {} // until it is killed
}

// A process that is killed loses nothing that was answered, whatever the policy.
func TestCrash(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	for _, policy := range []string{"everysec", "always", "no"} {
		t.Run(policy, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "log")
			cmd := exec.Command(self, "-test.run=^TestServes$")
			cmd.Env = append(os.Environ(), "KV_TEST_LOG="+name, "KV_TEST_FSYNC="+policy)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			addr := ""
			for lines := bufio.NewScanner(out); addr == "" && lines.Scan(); {
				addr, _ = strings.CutPrefix(lines.Text(), "at ")
				if addr == lines.Text() {
					addr = ""
				}
			}
			if addr == "" {
				t.Fatal("it does not serve: ", cmd.Wait())
			}
			const clients = 4
			answered := make([]int, clients)
			var all sync.WaitGroup
			for i := range clients {
				c := dial(t, addr)
				all.Go(func() {
					for n := 1; ; n++ {
						if _, err := c.Write(resp.AppendCommand(nil, "SET", fmt.Sprint("k", i), fmt.Sprint(n))); err != nil {
							return
						}
						if r, err := c.tryReply(); err != nil || r != "+OK\r\n" {
							return
						}
						if answered[i] = n; i == 0 && n == 200 {
							cmd.Process.Kill()
						}
					}
				})
			}
			all.Wait()
			cmd.Wait()
			server, err := kv.New(kv.Config{Log: name})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			for i, n := range answered {
				got := ask(t, server, fmt.Sprint("GET k", i))
				if got != fmt.Sprint(n) && got != fmt.Sprint(n+1) {
					t.Errorf("client %d was told of %d, and %s is there", i, n, got)
				}
			}
		})
	}
}
