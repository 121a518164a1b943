// Command reverseproxy is an HTTP proxy as one writes it with net/http.
// Usage: reverseproxy PORT UPSTREAM_PORT
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: reverseproxy PORT UPSTREAM_PORT")
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: "127.0.0.1:" + os.Args[2]})
			r.SetXForwarded()
		},
		// By default two connections are kept, and all others are made anew.
		Transport: &http.Transport{MaxIdleConnsPerHost: 256},
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], proxy))
}
