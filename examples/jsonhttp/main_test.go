package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/valyala/fasthttp"
)

// post returns the answer to a request.
func post(t *testing.T, client *http.Client, url, body string) (status int, answer string) {
	r, err := client.Post(url, "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return r.StatusCode, string(b)
}

func TestServer(t *testing.T) {
	for name, serve := range map[string]func(context.Context, string, *fasthttp.Server, func(net.Addr)) error{"magpie": serveMagpie, "plain": servePlain} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(context.Background())
			addr, served := make(chan string, 1), make(chan error, 1)
			go func() {
				served <- serve(ctx, "127.0.0.1:0", &fasthttp.Server{Handler: handle}, func(a net.Addr) { addr <- a.String() })
			}()
			var url string
			select {
			case a := <-addr:
				url = "http://" + a
			case err := <-served:
				t.Fatal(err)
			}
			var clients sync.WaitGroup
			for range 8 {
				clients.Go(func() {
					client := &http.Client{Transport: new(http.Transport)} // a connection each, kept alive
					defer client.CloseIdleConnections()
					for n := range 50 {
						body, _ := json.Marshal(request{Numbers: make([]float64, n)})
						want, _ := json.Marshal(response{Count: n})
						if status, got := post(t, client, url+"/sum", string(body)); status != http.StatusOK || got != string(want)+"\n" {
							t.Errorf("%d %q, want %s", status, got, want)
							return
						}
					}
				})
			}
			clients.Wait()
			client := &http.Client{Transport: new(http.Transport)}
			defer client.CloseIdleConnections()
			for body, want := range map[string]int{`{"numbers": [1.5, 2]}`: http.StatusOK, `{"numbers": `: http.StatusBadRequest, ``: http.StatusBadRequest} {
				if status, got := post(t, client, url+"/sum", body); status != want {
					t.Errorf("%q: %d %s, want %d", body, status, got, want)
				}
			}
			if status, _ := post(t, client, url+"/other", "{}"); status != http.StatusNotFound {
				t.Errorf("/other: %d", status)
			}
			stop()
			if err := <-served; err != nil {
				t.Errorf("the server ended with %v", err)
			}
		})
	}
}
