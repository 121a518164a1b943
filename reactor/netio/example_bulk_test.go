package netio_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A part of a file, after a header: the bytes of the file are not copied.
func ExampleConn_SendFile() {
	dir, err := os.MkdirTemp("", "netio")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "greeting")
	if err := os.WriteFile(name, []byte("hello, world"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	got, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) {
		client, server, err := accepted(co)
		if err != nil {
			return "", err
		}
		defer client.Close()
		defer server.Close()
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer f.Close()
		if _, err := server.WriteAll([]byte("5 bytes: ")).Await(co); err != nil {
			return "", err
		}
		if _, err := server.SendFile(f, 7, -1).Await(co); err != nil {
			return "", err
		}
		server.CloseWrite()
		all, err := aio.ReadAll(client, 100).Await(co)
		return string(all), err
	}))
	fmt.Println(got, err)
	// Output: 5 bytes: world <nil>
}

// A header and a body that stand in two buffers leave together.
func ExampleConn_WriteBuffers() {
	got, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) {
		client, server, err := accepted(co)
		if err != nil {
			return "", err
		}
		defer client.Close()
		defer server.Close()
		if _, err := client.WriteBuffers([][]byte{[]byte("header, "), []byte("body")}).Await(co); err != nil {
			return "", err
		}
		client.CloseWrite()
		all, err := aio.ReadAll(server, 100).Await(co)
		return string(all), err
	}))
	fmt.Println(got, err)
	// Output: header, body <nil>
}

// A proxy: what it accepts goes on to another server, and back.
func ExampleSpliceBoth() {
	proxy := func(co *future.Co, client *netio.Conn, upstream string) error {
		defer client.Close()
		server, err := netio.Dial("tcp", upstream).Await(co)
		if err != nil {
			return err
		}
		defer server.Close()
		_, err = netio.SpliceBoth(client, server).Await(co)
		return err
	}
	got, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) {
		upstream, err := netio.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		defer upstream.Close()
		client, front, err := accepted(co)
		if err != nil {
			return "", err
		}
		defer client.Close()
		serve := future.Async(func(co *future.Co) ([]byte, error) {
			c, err := upstream.Accept().Await(co)
			if err != nil {
				return nil, err
			}
			defer c.Close()
			return aio.ReadAll(c, 100).Await(co)
		})
		if _, err := client.WriteAll([]byte("through the proxy")).Await(co); err != nil {
			return "", err
		}
		client.CloseWrite()
		both, err := future.Join(
			future.Of(future.Do(func(co *future.Co) error { return proxy(co, front, upstream.Addr().String()) })),
			future.Of(serve)).Await(co)
		return string(both.Second), err
	}))
	fmt.Println(got, err)
	// Output: through the proxy <nil>
}
