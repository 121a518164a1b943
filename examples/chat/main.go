// Command chat is a server of chat rooms: the first line of a client is its room and its name, and each
// further one is sent to everybody else in the room. Whoever does not keep up with what is said is
// shown the door. Each client has two tasks, which have a half of its connection each.
//
//	go run ./examples/chat          # tasks
//	go run ./examples/chat -plain   # goroutines
//	nc localhost 7500               # then type: lobby anna
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
)

// mostUnsent is how many lines may wait to be sent to a client.
const mostUnsent = 64

// longestLine is how long what a client says may be.
const longestLine = 4 << 10

func main() {
	addr := flag.String("addr", "127.0.0.1:7500", "address to listen on, host:port")
	plain := flag.Bool("plain", false, "goroutines and package net")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("chat: %q is no flag; see -help", flag.Arg(0))
	}
	serve := serveMagpie
	if *plain {
		serve = servePlain
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := serve(ctx, *addr, func(a net.Addr) { fmt.Println("listening on", a) }); err != nil {
		log.Fatal("chat: ", err)
	}
}

// welcome is what a client is told who has come into a room: from now on it hears what is said there.
func welcome(room string) string { return "you are in " + room + "\n" }

// introduced takes a first line apart.
func introduced(line string) (room, name string, err error) {
	room, name, ok := strings.Cut(line, " ")
	if !ok || name == "" {
		return "", "", fmt.Errorf("%q: want a room and a name", line)
	}
	return room, name, nil
}
