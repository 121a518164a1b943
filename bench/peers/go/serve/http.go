package main

import (
	"context"
	"encoding/json"
	"io"
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

// serveNetHTTP has /json and /files/ besides.
func serveNetHTTP(addr string) error {
	mux := http.NewServeMux()
	mux.Handle("/", plain)
	mux.HandleFunc("POST /json", func(w http.ResponseWriter, r *http.Request) {
		in, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(total(in))
	})
	mux.Handle("/files/", http.StripPrefix("/files", http.FileServer(http.Dir(*root))))
	return http.ListenAndServe(addr, mux)
}

// order is what comes and goes as JSON.
type order struct {
	ID       int    `json:"id"`
	Customer string `json:"customer"`
	Items    []struct {
		Name     string  `json:"name"`
		Quantity int     `json:"quantity"`
		Price    float64 `json:"price"`
	} `json:"items"`
	Note  string  `json:"note"`
	Total float64 `json:"total"`
}

// total adds up an order, and returns nothing if it is none.
func total(in []byte) []byte {
	var o order
	if err := json.Unmarshal(in, &o); err != nil {
		return nil
	}
	for _, item := range o.Items {
		o.Total += float64(item.Quantity) * item.Price
	}
	out, err := json.Marshal(&o)
	if err != nil {
		return nil
	}
	return out
}

// serveFastHTTP has /json besides.
func serveFastHTTP(addr string) error {
	return fasthttp.ListenAndServe(addr, func(ctx *fasthttp.RequestCtx) {
		if string(ctx.Path()) == "/json" {
			ctx.SetContentType("application/json")
			ctx.SetBody(total(ctx.PostBody()))
			return
		}
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
