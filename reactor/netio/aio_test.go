package netio_test

import (
	"io"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A connection, and its halves, are streams that package aio knows.
var (
	_ aio.Conn           = (*netio.Conn)(nil)
	_ aio.ReadForgetter  = (*netio.Conn)(nil)
	_ aio.WriteForgetter = (*netio.Conn)(nil)
	_ aio.Reader         = (*netio.Reader)(nil)
	_ aio.ReadForgetter  = (*netio.Reader)(nil)
	_ aio.Writer         = (*netio.Writer)(nil)
	_ aio.CloseWriter    = (*netio.Writer)(nil)
	_ aio.WriteForgetter = (*netio.Writer)(nil)
)

// A proxy between two connections: each side hears the other, and its end.
func TestProxyBetweenConnections(t *testing.T) {
	client, front := pair(t)
	back, server := pair(t)
	proxied := make(chan error, 1)
	go func() {
		c, err := future.BlockOn(future.Box(aio.CopyBidirectional(front, back)))
		if err == nil && c != (aio.Copied{AToB: 100_000, BToA: 3}) {
			t.Errorf("copied %+v", c)
		}
		proxied <- err
	}()
	sent := make(chan error, 1)
	go func() {
		if _, err := future.BlockOn(future.Box(aio.WriteAll(client, make([]byte, 100_000)))); err != nil {
			sent <- err
			return
		}
		sent <- client.CloseWrite()
	}()
	all, err := future.BlockOn(future.Box(aio.ReadAll(server, 1<<20)))
	if len(all) != 100_000 || err != nil {
		t.Fatalf("%d bytes arrived, %v", len(all), err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	if _, err := future.BlockOn(future.Box(aio.WriteAll(server, []byte("you")))); err != nil {
		t.Fatal(err)
	}
	if err := server.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	r, w := client.Split()
	answer, err := future.BlockOn(future.Box(aio.ReadAll(aio.Join(r, w), 100)))
	if string(answer) != "you" || err != nil {
		t.Fatalf("%q, %v", answer, err)
	}
	if err := <-proxied; err != nil {
		t.Fatal(err)
	}
}

// A read that is given up does not keep its task alive.
func TestForgetRead(t *testing.T) {
	client, server := pair(t)
	op := aio.Read(server, make([]byte, 1))
	if !testkit.KeepsWaker(t, &op, false) {
		t.Error("the waker of a read that waits is not kept")
	}
	if testkit.KeepsWaker(t, &op, true) {
		t.Error("the waker of a read that was given up is kept")
	}
	// One that waits as an operation of the connection has its own.
	read := parked[int](t, future.Box[int](server.Read(make([]byte, 1))))
	server.ForgetRead()
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := read.end(); err != io.EOF {
		t.Errorf("it ended with %v", err)
	}
	_ = server.Close()
	server.ForgetRead()
	server.ForgetWrite()
}
