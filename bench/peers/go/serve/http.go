package main

import (
	"context"
	"net/http"
	"runtime"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/hlog"
	nbiolog "github.com/lesismal/nbio/logging"
	"github.com/lesismal/nbio/nbhttp"
	"github.com/valyala/fasthttp"
)

const hello = "Hello, World!"

var plain = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	w.Write([]byte(hello))
})

func serveNetHTTP(addr string) error { return http.ListenAndServe(addr, plain) }

func serveFastHTTP(addr string) error {
	return fasthttp.ListenAndServe(addr, func(ctx *fasthttp.RequestCtx) {
		ctx.SetContentType("text/plain")
		ctx.SetBodyString(hello)
	})
}

// serveHertz is hertz on its own transport, netpoll.
func serveHertz(addr string) error {
	hlog.SetLevel(hlog.LevelFatal)
	h := server.New(server.WithHostPorts(addr), server.WithDisablePrintRoute(true))
	h.GET("/", func(_ context.Context, c *app.RequestContext) {
		c.SetContentType("text/plain")
		c.Response.SetBodyString(hello)
	})
	return h.Run()
}

// serveNbioHTTP runs net/http's handlers on nbio's pollers.
func serveNbioHTTP(addr string) error {
	nbiolog.SetLevel(nbiolog.LevelError)
	engine := nbhttp.NewEngine(nbhttp.Config{
		Network: "tcp",
		Addrs:   []string{addr},
		NPoller: runtime.GOMAXPROCS(0),
		Handler: plain,
	})
	if err := engine.Start(); err != nil {
		return err
	}
	select {}
}
