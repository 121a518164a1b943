package fasthttphandler_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/valyala/fasthttp"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/fasthttphandler"
	"github.com/magpie-go/magpie/serve/web"
)

func Example() {
	greet := func(ctx *fasthttp.RequestCtx) { fmt.Fprintf(ctx, "Hello, %s!", ctx.QueryArgs().Peek("name")) }
	version := func(ctx *fasthttp.RequestCtx) { ctx.WriteString("1.0") }

	mux := new(web.Mux)
	mux.Handle("/", fasthttphandler.Pooled(greet, fasthttphandler.Config{}))
	mux.Handle("GET /version", fasthttphandler.Direct(version, fasthttphandler.Config{})) // it does not block
	server, err := web.New(web.Config{Handler: mux.Serve})
	if err != nil {
		log.Fatal(err)
	}
	rt, err := sched.New(sched.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	ctx, stop := context.WithCancel(context.Background())
	err = server.Run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) {
		go func() {
			defer stop()
			for _, path := range []string{"/?name=magpie", "/version"} {
				r, err := http.Get("http://" + a.String() + path)
				if err != nil {
					log.Fatal(err)
				}
				content, _ := io.ReadAll(r.Body)
				r.Body.Close()
				fmt.Println(string(content))
			}
		}()
	})
	fmt.Println(err)
	// Output:
	// Hello, magpie!
	// 1.0
	// <nil>
}
