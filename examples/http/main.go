// Command http is a web server: handlers of its own that cost next to nothing, an http.Handler of net/http that runs
// unchanged, and files. It ends on SIGINT or SIGTERM after the requests under way.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/web"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on, host:port")
	workers := flag.Int("workers", 0, "workers; 0 is one for each core that the process may use")
	folder := flag.String("root", "", "folder whose files are /files/; none if empty")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "http: %q is no flag; see -help\n", flag.Arg(0))
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *workers, *folder, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "http:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, addr string, workers int, folder string, out io.Writer) error {
	mux := new(web.Mux)
	mux.Handle("GET /hello", func(w *web.Response, r *web.Request) { w.WriteString("Hello, World!") })
	mux.Handle("GET /users/{id}", user)
	mux.HandleStandard("/std/", http.HandlerFunc(standard))
	if folder != "" {
		root, err := os.OpenRoot(folder)
		if err != nil {
			return err
		}
		defer root.Close()
		mux.Handle("/files/", web.Files(root, "/files"))
	}
	server, err := web.New(web.Config{Handler: mux.Serve})
	if err != nil {
		return err
	}
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	defer rt.Close()
	return server.Run(ctx, rt, "tcp", addr, func(at net.Addr) { fmt.Fprintf(out, "http: listening on http://%v\n", at) })
}

// user runs on the worker that polls the connection: it must not block, and it allocates nothing.
func user(w *web.Response, r *web.Request) {
	var buf [64]byte
	id, err := strconv.ParseUint(string(r.PathValue("id")), 10, 64)
	if err != nil {
		w.Error(http.StatusBadRequest, "a user's id is a number")
		return
	}
	w.SetContentType("application/json")
	w.Write(append(strconv.AppendUint(append(buf[:0], `{"id":`...), id, 10), "}\n"...))
}

// standard runs on a goroutine while it answers, and may block.
func standard(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "%s %s, asked by %s\n", r.Method, r.URL.Path, r.RemoteAddr)
}
