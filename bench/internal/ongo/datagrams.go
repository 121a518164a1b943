package ongo

import (
	"net"
	"sync/atomic"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// Datagrams echoes them, one by one.
func Datagrams(r *measure.Run) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	var echoed atomic.Int64
	go func() {
		buf := make([]byte, measure.DatagramSize)
		for {
			n, from, err := c.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			if _, err := c.WriteToUDPAddrPort(buf[:n], from); err != nil {
				return
			}
			echoed.Add(1)
		}
	}()
	measure.ServeDatagrams(r, c.LocalAddr(), &echoed)
	c.Close()
}
