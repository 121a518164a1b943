// Command webserver is the web server of ours that suite http loads: each kind of handler of package web, beside those of the kit's serve.
package main

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"

	"github.com/magpie-go/magpie/bench/internal/served"
	"github.com/magpie-go/magpie/serve/web"
)

func main() {
	folder := flag.String("root", ".", "folder whose files are /files/")
	served.Main("webserver", func() (served.Server, error) {
		root, err := os.OpenRoot(*folder)
		if err != nil {
			return nil, err
		}
		mux := new(web.Mux)
		mux.Handle("GET /hello", func(w *web.Response, _ *web.Request) { w.WriteString("Hello, World!") })
		mux.Handle("POST /json", web.WithContent(64<<10, total))
		mux.HandleStandard("/std/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Write([]byte("Hello, World!"))
		}))
		mux.Handle("/files/", web.Files(root, "/files"))
		return web.New(web.Config{Handler: mux.Serve})
	})
}

// order is what comes and goes as JSON, 1 KB of it: see runner's jsonScript.
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

func total(w *web.Response, r *web.Request) {
	var o order
	if err := json.Unmarshal(r.Content(), &o); err != nil {
		w.Error(http.StatusBadRequest, err.Error())
		return
	}
	for _, item := range o.Items {
		o.Total += float64(item.Quantity) * item.Price
	}
	out, err := json.Marshal(&o)
	if err != nil {
		w.Error(http.StatusInternalServerError, err.Error())
		return
	}
	w.SetContentType("application/json")
	w.SetContent(out)
}
