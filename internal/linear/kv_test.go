package linear

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/magpie-go/magpie/serve/kv"
)

// The operations on two keys of a store: a command, whose output is its reply.
type command [3]string

// kvState is what the keys hold; "" is nothing.
type kvState [2]string

func place(key string) int { return int(key[0] - 'a') }

var kvModel = porcupine.Model{
	Init: func() any { return kvState{} },
	Step: func(state, in, out any) (bool, any) {
		s, c := state.(kvState), in.(command)
		reply := "+OK\r\n"
		switch c[0] {
		case "GET":
			reply = bulk(s[place(c[1])])
		case "SET":
			s[place(c[1])] = c[2]
		case "INCR":
			n, _ := strconv.Atoi(s[place(c[1])])
			s[place(c[1])] = strconv.Itoa(n + 1)
			reply = fmt.Sprintf(":%d\r\n", n+1)
		case "MSET": // both keys
			s = kvState{c[1], c[1]}
		case "MGET":
			reply = "*2\r\n"
			for _, v := range s {
				reply += bulk(v)
			}
		}
		return out.(string) == reply, s
	},
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%v: %q", in, out) },
}

// bulk is what a key is replied as.
func bulk(v string) string {
	if v == "" {
		return "$-1\r\n"
	}
	return fmt.Sprintf("$%d\r\n%s\r\n", len(v), v)
}

// on runs commands of a thread.
func on(server *kv.Server, commands ...command) func(r *recorder) {
	return func(r *recorder) {
		for _, c := range commands {
			words := c[:]
			switch {
			case c[0] == "MSET":
				words = []string{"MSET", "a", c[1], "b", c[1]}
			case c[0] == "MGET":
				words = []string{"MGET", "a", "b"}
			case c[2] == "":
				words = c[:2]
			}
			args := make([][]byte, len(words))
			for i, w := range words {
				args[i] = []byte(w)
			}
			r.do(c, func() any { return string(server.Do(nil, args...)) })
		}
	}
}

func TestKV(t *testing.T) {
	c := checker{model: kvModel}
	for range rounds(t) {
		server, err := kv.New(kv.Config{})
		if err != nil {
			t.Fatal(err)
		}
		var threads []func(*recorder)
		for i := range 3 {
			n := strconv.Itoa(100 * (i + 1))
			threads = append(threads, on(server, command{"SET", "a", n}, command{"INCR", "a"}, command{"MSET", n}, command{"GET", "b"}, command{"MGET"}, command{"INCR", "b"},
				command{"GET", "a"}, command{"MGET"}, command{"MSET", n + "1"}, command{"INCR", "a"}, command{"MGET"}))
		}
		c.check(t, history(threads...))
		server.Close()
	}
	c.finish(t)
}

func TestKVModelSaysNo(t *testing.T) {
	for name, ops := range map[string][]any{
		"lost":         {command{"SET", "a", "1"}, "+OK\r\n", command{"GET", "a"}, "$-1\r\n"},
		"twice":        {command{"INCR", "a"}, ":1\r\n", command{"INCR", "a"}, ":1\r\n"},
		"half an MSET": {command{"MSET", "1"}, "+OK\r\n", command{"MGET"}, "*2\r\n$1\r\n1\r\n$-1\r\n"},
	} {
		if porcupine.CheckOperations(kvModel, inTurn(ops)) {
			t.Errorf("%s: accepted", name)
		}
	}
}
