package ongo

import (
	"io"
	"net"
	"runtime"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// Mixed serves light requests beside a goroutine that computes for so long at a time.
func Mixed(long time.Duration) func(*measure.Run) {
	return func(*measure.Run) {
		runtime.GOMAXPROCS(measure.Workers)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go echoLight(c, long)
			}
		}()
		measure.ServeLight(l.Addr())
	}
}

func echoLight(c net.Conn, long time.Duration) {
	defer c.Close()
	buf := make([]byte, measure.LightSize)
	for {
		if _, err := io.ReadFull(c, buf); err != nil {
			return
		}
		if buf[0] == measure.LightBusy {
			go func() {
				for {
					measure.Spin(long)
					runtime.Gosched()
				}
			}()
		}
		if _, err := c.Write(buf); err != nil {
			return
		}
	}
}
