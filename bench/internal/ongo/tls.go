package ongo

import (
	"crypto/tls"
	"io"
	"sync"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
)

// TLS returns a program that has an echo server of crypto/tls on package net, a goroutine a connection.
func TLS(client func(r *measure.Run, addr string)) func(*measure.Run) {
	return func(r *measure.Run) {
		ln, err := tls.Listen("tcp", "127.0.0.1:0", work.ServerTLS())
		if err != nil {
			panic(err)
		}
		var conns sync.WaitGroup
		conns.Go(func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				conns.Go(func() {
					defer c.Close()
					_, _ = io.Copy(c, c)
				})
			}
		})
		client(r, ln.Addr().String())
		_ = ln.Close()
		conns.Wait()
	}
}
