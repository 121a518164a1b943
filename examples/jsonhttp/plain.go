package main

import (
	"context"
	"net"

	"github.com/valyala/fasthttp"
)

// servePlain serves until ctx is done. It calls ready with the address.
func servePlain(ctx context.Context, addr string, s *fasthttp.Server, ready func(net.Addr)) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	ready(ln.Addr())
	ended := make(chan error)
	stop := context.AfterFunc(ctx, func() {
		s.CloseOnShutdown = true
		now, cancel := context.WithCancel(context.Background())
		cancel()
		s.ShutdownWithContext(now)
		ended <- nil
	})
	err = s.Serve(ln)
	if !stop() {
		return <-ended
	}
	return err
}
