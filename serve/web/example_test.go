package web_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/web"
)

func Example() {
	mux := new(web.Mux)
	mux.Handle("GET /users/{id}", func(w *web.Response, r *web.Request) {
		w.SetContentType("application/json")
		fmt.Fprintf(w, `{"id":%q}`, r.PathValue("id"))
	})
	fmt.Println(ask(mux.Serve, "/users/7"))
	// Output: 200 {"id":"7"}
}

// What awaits is a future: here one that yields, elsewhere a query.
func ExampleAsyncFunc() {
	h := web.AsyncFunc(func(co *future.Co, w *web.Response, r *web.Request) error {
		if _, err := future.Yield().Await(co); err != nil {
			return err
		}
		_, err := w.WriteString("after a while")
		return err
	})
	fmt.Println(ask(h, "/"))
	// Output: 200 after a while
}

// Content that is made piece by piece waits for the client after each.
func ExampleResponse_Flush() {
	h := web.AsyncFunc(func(co *future.Co, w *web.Response, r *web.Request) error {
		for i := range 3 {
			fmt.Fprintf(w, "%d ", i)
			if _, err := w.Flush().Await(co); err != nil {
				return err
			}
		}
		return nil
	})
	fmt.Println(ask(h, "/"))
	// Output: 200 0 1 2
}

// ask starts a server with the handler, asks it once, and ends it.
func ask(h web.Handler, path string) string {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		return err.Error()
	}
	defer rt.Close()
	s, err := web.New(web.Config{Handler: h})
	if err != nil {
		return err.Error()
	}
	ctx, stop := context.WithCancel(context.Background())
	at, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- s.Run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) { at <- a }) }()
	defer func() { stop(); <-ended }()
	client := http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	r, err := client.Get("http://" + (<-at).String() + path)
	if err != nil {
		return err.Error()
	}
	defer r.Body.Close()
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(r.StatusCode, " ", string(content))
}

// A handler of net/http runs unchanged.
func ExampleStandard() {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s by %s", r.URL.Path, r.Proto)
	})
	fmt.Println(ask(web.Standard(h), "/std"))
	// Output: 200 /std by HTTP/1.1
}

func ExampleGzip() {
	h := web.Gzip(func(w *web.Response, r *web.Request) {
		for range 1000 {
			w.WriteString("again and ")
		}
	})
	fmt.Println(len(ask(h, "/"))) // the client has unpacked it
	// Output: 10004
}

func ExampleWithContent() {
	h := web.WithContent(1<<20, func(w *web.Response, r *web.Request) {
		fmt.Fprintf(w, "%d bytes", len(r.Content()))
	})
	fmt.Println(ask(h, "/"))
	// Output: 200 0 bytes
}
