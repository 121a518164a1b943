// Command jsonhttp is an HTTP server that answers in JSON: fasthttp, unchanged, over connections of
// package netio. A connection is an async function on a coroutine, as fasthttp waits on the stack.
// It is a module of its own, so that magpie does not depend on fasthttp.
//
//	go run .          # tasks
//	go run . -plain   # goroutines
//	curl -d '{"numbers": [1, 2, 3.5]}' localhost:7080/sum
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"

	"github.com/valyala/fasthttp"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:7080", "address to listen on, host:port")
	plain := flag.Bool("plain", false, "goroutines and package net")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("jsonhttp: %q is no flag; see -help", flag.Arg(0))
	}
	serve := serveMagpie
	if *plain {
		serve = servePlain
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := serve(ctx, *addr, &fasthttp.Server{Handler: handle}, func(a net.Addr) { fmt.Println("listening on", a) })
	if err != nil {
		log.Fatal("jsonhttp: ", err)
	}
}

// request and response are what is sent and answered.
type request struct {
	Numbers []float64 `json:"numbers"`
}

type response struct {
	Sum   float64 `json:"sum"`
	Count int     `json:"count"`
}

// handle adds up.
func handle(rc *fasthttp.RequestCtx) {
	if string(rc.Path()) != "/sum" {
		rc.Error("there is nothing but /sum", fasthttp.StatusNotFound)
		return
	}
	var in request
	if err := json.Unmarshal(rc.PostBody(), &in); err != nil {
		rc.Error(err.Error(), fasthttp.StatusBadRequest)
		return
	}
	out := response{Count: len(in.Numbers)}
	for _, n := range in.Numbers {
		out.Sum += n
	}
	rc.SetContentType("application/json")
	if err := json.NewEncoder(rc).Encode(out); err != nil {
		rc.Error(err.Error(), fasthttp.StatusInternalServerError)
	}
}
