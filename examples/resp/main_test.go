package main

import (
	"bufio"
	"context"
	"errors"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type pipelineFunc func(ctx context.Context, addr string, commands [][]string) ([]any, error)

var pipelines = map[string]pipelineFunc{"magpie": pipelineMagpie, "plain": pipelinePlain}

// answer is what the server of the tests says to a command.
func answer(command []any) string {
	switch command[0] {
	case "SET":
		return "+OK\r\n"
	case "GET":
		return "$6\r\nmag\r\ne\r\n"
	case "LEN":
		return ":-12\r\n"
	case "NIL":
		return "$-1\r\n"
	case "ALL":
		return "*3\r\n$0\r\n\r\n*2\r\n:1\r\n*0\r\n+x\r\n"
	case "BIG":
		return "$100000\r\n" + strings.Repeat("b", 100_000) + "\r\n"
	case "ODD":
		return "!1\r\n"
	}
	return "-ERR no such command\r\n"
}

// server serves connections one after the other, each reply in two pieces at every place where it can be
// cut. It ends with the test.
func server(t *testing.T) (addr string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for cut := 0; ; cut++ {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			in := &inputPlain{bufio.NewReader(c)}
			for {
				command, err := in.reply()
				if err != nil {
					break
				}
				a := answer(command.([]any))
				at := cut % (min(len(a), 40) + 1)
				c.Write([]byte(a[:at]))
				c.Write([]byte(a[at:]))
			}
			c.Close()
		}
	})
	t.Cleanup(func() { ln.Close(); served.Wait() })
	return ln.Addr().String()
}

func TestPipeline(t *testing.T) {
	for name, pipeline := range pipelines {
		t.Run(name, func(t *testing.T) {
			addr := server(t)
			for range 12 {
				got, err := pipeline(context.Background(), addr, commands(strings.Fields("SET a b , GET a , LEN , NIL , ALL , WHAT , BIG , SET")))
				want := []any{"OK", "mag\r\ne", int64(-12), nil, []any{"", []any{int64(1), []any(nil)}, "x"}, failure("ERR no such command"), strings.Repeat("b", 100_000), "OK"}
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("%.300v, %v; want %.300v", got, err, want)
				}
			}
		})
	}
}

// Replies come while commands are still being sent: more of both than any buffer holds.
func TestLongPipeline(t *testing.T) {
	for name, pipeline := range pipelines {
		t.Run(name, func(t *testing.T) {
			long := [][]string{}
			for range 100 {
				long = append(long, []string{"BIG", strings.Repeat("c", 50_000)})
			}
			if got, err := pipeline(context.Background(), server(t), long); len(got) != 100 || err != nil {
				t.Errorf("%d replies, %v; want 100", len(got), err)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for name, pipeline := range pipelines {
		t.Run(name, func(t *testing.T) {
			addr := server(t)
			if got, err := pipeline(context.Background(), addr, commands([]string{"SET", ",", "ODD"})); len(got) != 1 || err == nil || !strings.Contains(err.Error(), "unknown kind '!'") {
				t.Errorf("an odd reply: %v, %v", got, err)
			}
			silent, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer silent.Close()
			ctx, cancel := context.WithCancelCause(context.Background())
			go func() {
				if c, err := silent.Accept(); err == nil {
					defer c.Close()
				}
				cancel(errors.New("enough"))
			}()
			if _, err := pipeline(ctx, silent.Addr().String(), [][]string{{"GET"}}); err == nil {
				t.Error("no answer is no error")
			}
		})
	}
}
