package netio_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/magpie-go/magpie/reactor/netio"
)

// A server and a client of net/http, which start goroutines of their own, on this reactor.
func ExampleNewGoListener() {
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello, ", r.URL.Path)
	})}
	go server.Serve(netio.NewGoListener(l))
	defer server.Close()
	transport := &http.Transport{DialContext: netio.GoDial}
	defer transport.CloseIdleConnections()
	r, err := (&http.Client{Transport: transport}).Get("http://" + l.Addr().String() + "/ada")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	fmt.Println(string(text), err)
	// Output: hello, /ada <nil>
}

// One goroutine reads while another one writes.
func ExampleNewGoConn() {
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	listener := netio.NewGoListener(l)
	defer listener.Close()
	go func() {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = io.Copy(c, c)
	}()
	c, err := netio.GoDial(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	go io.Copy(c, strings.NewReader("ping\n"))
	fmt.Print(bufio.NewReader(c).ReadString('\n'))
	// Output: ping
	// <nil>
}
