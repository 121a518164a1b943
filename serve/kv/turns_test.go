package kv_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

// A client that sends a thousand commands at once is answered some at a time, and others go first.
func TestManyCommandsTakeTurns(t *testing.T) {
	server, err := kv.New(kv.Config{})
	if err != nil {
		t.Fatal(err)
	}
	answered := func() int64 {
		reply := server.Do(nil, []byte("GET"), []byte("n"))
		_, n, _ := bytes.Cut(reply, []byte("\r\n"))
		count, _ := strconv.ParseInt(strings.TrimSpace(string(n)), 10, 64)
		return count
	}
	run := func(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error {
		err := server.Run(ctx, rt, network, address, ready)
		return errors.Join(err, server.Close())
	}
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
