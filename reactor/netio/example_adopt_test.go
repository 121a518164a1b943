package netio_test

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A pipe between two tasks, or, by its descriptors, between processes.
func ExamplePipe() {
	r, w, err := netio.Pipe()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	defer w.Close()
	buf := make([]byte, 8)
	got, err := future.BlockOn(future.Box(future.Join(r.Read(buf), w.WriteAll([]byte("text")))))
	fmt.Println(string(buf[:got.First]), err)
	// Output: text <nil>
}

// A connection that a library of package net has made goes on as a task's.
func ExampleAdopt() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ln.Close()
	go func() {
		if c, err := ln.Accept(); err == nil {
			c.Write([]byte("hello"))
			c.Close()
		}
	}()
	std, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := netio.Adopt(std)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	buf := make([]byte, 8)
	n, err := future.BlockOn(future.Box(c.Read(buf)))
	fmt.Println(string(buf[:n]), err)
	// Output: hello <nil>
}

// A client with addresses of its own choice: its resolver knows one host, and each attempt is logged.
func ExampleDialConfig() {
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	dc := netio.DialConfig{
		Resolver:     hosts{"db.internal": netip.MustParseAddr("127.0.0.1")},
		AttemptDelay: 100 * time.Millisecond,
		Control: func(network, address string, _ uintptr) error {
			fmt.Println("trying", network)
			return nil
		},
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	c, err := future.BlockOn(dc.Dial("tcp", "db.internal:"+port))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	fmt.Println(c.RemoteAddr().String() == l.Addr().String())
	// Output:
	// trying tcp4
	// true
}

// hosts is a Resolver that knows IPv4 addresses.
type hosts map[string]netip.Addr

func (h hosts) LookupIP(family, host string) future.Future[[]netip.Addr] {
	if a, ok := h[host]; ok && family == "ip4" {
		return future.Value([]netip.Addr{a})
	}
	return future.Fail[[]netip.Addr](&net.DNSError{Err: "no such host", Name: host, IsNotFound: true})
}
