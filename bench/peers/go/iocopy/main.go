// Command iocopy is a TCP proxy as one writes it on package net: a goroutine for each direction of a
// connection, with io.Copy, which splices on Linux.
// Usage: iocopy PORT UPSTREAM_PORT
package main

import (
	"io"
	"log"
	"net"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: iocopy PORT UPSTREAM_PORT")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for {
		client, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go pass(client.(*net.TCPConn), "127.0.0.1:"+os.Args[2])
	}
}

func pass(client *net.TCPConn, to string) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	upstream := server.(*net.TCPConn)
	defer upstream.Close()
	back := make(chan struct{})
	go func() {
		defer close(back)
		copyEnd(client, upstream)
	}()
	copyEnd(upstream, client)
	<-back
}

// copyEnd passes one direction on, and its end.
func copyEnd(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		from.Close()
		return
	}
	_ = to.CloseWrite()
}
