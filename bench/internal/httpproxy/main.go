// Command httpproxy is the HTTP proxy of ours that suite proxy loads.
package main

import (
	"flag"

	"github.com/magpie-go/magpie/bench/internal/served"
	"github.com/magpie-go/magpie/serve/proxy"
	"github.com/magpie-go/magpie/serve/web"
)

func main() {
	to := flag.String("to", "127.0.0.1:8081", "address of the server")
	served.Main("httpproxy", func() (served.Server, error) {
		pool, err := proxy.NewPool(proxy.PoolConfig{Addresses: []string{*to}})
		if err != nil {
			return nil, err
		}
		handler, err := proxy.NewHTTP(pool, proxy.HTTPConfig{})
		if err != nil {
			return nil, err
		}
		return web.New(web.Config{Handler: handler})
	})
}
