// Command kv is a key-value server that redis-cli, redis-benchmark and Redis' client libraries can talk to.
//
//	go run ./examples/kv -addr 127.0.0.1:6379
//	go run ./examples/kv -aof /var/lib/kv.aof -fsync always
//
// It ends on SIGTERM or SIGINT, when each connection has had its answers.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/kv"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:6379", "address to listen at, host:port")
	workers := flag.Int("workers", 0, "threads that serve, 0: one a core")
	aof := flag.String("aof", "", "file that changes are appended to, and read back from at the start; empty: none")
	fsync := flag.String("fsync", "everysec", "when that is forced to the disk: everysec, always or no")
	password := flag.String("password", "", "what clients have to send by AUTH; empty: nothing")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("kv: %q is no flag; see -help", flag.Arg(0))
	}
	policy, err := kv.ParseFsync(*fsync)
	if err != nil {
		log.Fatal(err)
	}
	if err := run(*addr, *workers, kv.Config{Log: *aof, Fsync: policy, Password: *password}); err != nil {
		log.Fatal(err)
	}
}

func run(addr string, workers int, config kv.Config) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	server, err := kv.New(config)
	if err != nil {
		return err
	}
	defer server.Close()
	if r := server.Recovery(); r.Cut > 0 {
		log.Printf("kv: the last %d bytes of %s were incomplete, as a crash leaves them, and were cut off; %d commands are there", r.Cut, config.Log, r.Commands)
	}
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	defer rt.Close()
	if err := server.Run(ctx, rt, "tcp", addr, func(a net.Addr) { fmt.Println("kv: listening on", a) }); err != nil {
		return err
	}
	return server.Close()
}
