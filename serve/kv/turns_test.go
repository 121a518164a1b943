package kv_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

// counted returns a server that is to be run, and what its key n has been counted up to.
func counted(t *testing.T) (run running, answered func() int64) {
	t.Helper()
	server, err := kv.New(kv.Config{})
	if err != nil {
		t.Fatal(err)
	}
	answered = func() int64 {
		reply := server.Do(nil, []byte("GET"), []byte("n"))
		_, n, _ := bytes.Cut(reply, []byte("\r\n"))
		count, _ := strconv.ParseInt(strings.TrimSpace(string(n)), 10, 64)
		return count
	}
	return runAndClose(server), answered
}

// A client that sends a thousand commands at once is answered some at a time, and others go first.
func TestManyCommandsTakeTurns(t *testing.T) {
	run, answered := counted(t)
	testkit.Turns(t, run, answered, 64, func(addr string) {
		c := dial(t, addr)
		defer c.Close()
		go c.Write(bytes.Repeat(resp.AppendCommand(nil, "INCR", "n"), 1000))
		for i := range 1000 {
			if got := strings.TrimSpace(c.reply()); got != ":"+strconv.Itoa(i+1) {
				t.Fatalf("answer %d: %s", i, got)
			}
		}
	})
}

// Nor is a client ahead of others whose commands stand between thousands of empty lines.
func TestEmptyLinesTakeTurns(t *testing.T) {
	run, answered := counted(t)
	testkit.Turns(t, run, answered, 5, func(addr string) { // of 32 KiB each, in four reads
		c := dial(t, addr)
		defer c.Close()
		go c.Write(bytes.Repeat(append(bytes.Repeat([]byte("\r\n"), 16<<10), "INCR n\r\n"...), 200))
		for i := range 200 {
			if got := strings.TrimSpace(c.reply()); got != ":"+strconv.Itoa(i+1) {
				t.Fatalf("answer %d: %s", i, got)
			}
		}
	})
}
