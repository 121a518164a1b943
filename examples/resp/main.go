// Command resp is a client of the Redis protocol: it sends a pipeline of commands, and reads the
// replies while it still sends. The parser waits wherever a reply may be cut, in the middle of an
// array too, and is compiled with the function that calls it, to one state machine.
//
//	go run ./examples/resp SET bird magpie , GET bird          # a task
//	go run ./examples/resp -plain SET bird magpie , GET bird   # goroutines and bufio
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:6379", "address of the server, host:port")
	limit := flag.Duration("limit", 10*time.Second, "how long it may all take")
	plain := flag.Bool("plain", false, "goroutines and package net")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("resp: %q is no flag; see -help", flag.Arg(0))
	}
	pipeline := pipelineMagpie
	if *plain {
		pipeline = pipelinePlain
	}
	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	replies, err := pipeline(ctx, *addr, commands(flag.Args()))
	for _, r := range replies {
		fmt.Printf("%v\n", r)
	}
	if err != nil {
		log.Fatal("resp: ", err)
	}
}

// commands splits the arguments at commas.
func commands(args []string) [][]string {
	all := [][]string{nil}
	for _, a := range args {
		if last := len(all) - 1; a == "," {
			all = append(all, nil)
		} else {
			all[last] = append(all[last], a)
		}
	}
	return all
}

// encode returns commands as they are sent: each an array of strings.
func encode(commands [][]string) (b []byte) {
	for _, c := range commands {
		b = fmt.Appendf(b, "*%d\r\n", len(c))
		for _, arg := range c {
			b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(arg), arg)
		}
	}
	return b
}

// failure is a reply that says what went wrong with a command.
type failure string

func (f failure) Error() string { return string(f) }
