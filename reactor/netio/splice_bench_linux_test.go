package netio_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"golang.org/x/sys/unix"
)

// A request and an answer of so many bytes through a proxy on one worker, by the system and by a buffer.
func BenchmarkProxy(b *testing.B) {
	for _, size := range []int{64, 16 << 10, 64 << 10, 1 << 20} {
		for name, proxy := range map[string]func(a, b *netio.Conn) future.Future[aio.Copied]{
			"splice": func(a, b *netio.Conn) future.Future[aio.Copied] { return future.Box(netio.SpliceBoth(a, b)) },
			"copy":   func(a, b *netio.Conn) future.Future[aio.Copied] { return future.Box(aio.CopyBidirectional(a, b)) },
		} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) { benchProxy(b, size, proxy) })
		}
	}
}

func benchProxy(b *testing.B, size int, proxy func(a, b *netio.Conn) future.Future[aio.Copied]) {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer rt.Shutdown(context.Background())
	ends := func() (net.Conn, *netio.Conn) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		defer ln.Close()
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		s, err := ln.Accept()
		if err != nil {
			b.Fatal(err)
		}
		adopted, err := netio.Adopt(s)
		if err != nil {
			b.Fatal(err)
		}
		return c, adopted
	}
	client, front := ends()
	server, back := ends()
	defer client.Close()
	go func() {
		defer server.Close()
		buf := make([]byte, size)
		for {
			if _, err := io.ReadFull(server, buf); err != nil {
				return
			}
			if _, err := server.Write(buf); err != nil {
				return
			}
		}
	}()
	h := sched.Spawn(rt, proxy(front, back))
	buf := make([]byte, size)
	b.SetBytes(2 * int64(size))
	before := cpuTime()
	for b.Loop() {
		if _, err := client.Write(buf); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(client, buf); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
	client.Close()
	h.Wait(context.Background())
	front.Close()
	back.Close()
}

// cpuTime is what this process has used, of the client and the server too.
func cpuTime() int64 {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}
