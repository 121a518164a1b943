package ongo

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
)

// IdleRaw echoes on bare connections, a goroutine with a buffer for each.
func IdleRaw(r *measure.Run) { idleEcho(r, listenLocal()) }

// IdleTLS does it over TLS.
func IdleTLS(r *measure.Run) { idleEcho(r, tls.NewListener(listenLocal(), work.ServerTLS())) }

// IdleHTTP answers requests with a greeting.
func IdleHTTP(r *measure.Run) {
	l := listenLocal()
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Hello, World!") })}
	go s.Serve(l)
	measure.ServeIdle(r, l.Addr())
}

func listenLocal() net.Listener {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l
}

func idleEcho(r *measure.Run, l net.Listener) {
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 4096)
				for {
					n, err := c.Read(buf)
					if err != nil {
						return
					}
					if _, err := c.Write(buf[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	measure.ServeIdle(r, l.Addr())
}
