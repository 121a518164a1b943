package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen

const (
	mostHead = 8 << 10          // bytes of a request's head
	idle     = 30 * time.Second // that a client may take for one
)

// accept spawns a task for each connection.
//
//magpie:async
func accept(co *future.Co, ln *netio.Listener) error {
	for {
		c, err := ln.Accept().Await(co)
		if err != nil {
			return err
		}
		sched.SpawnDetached(co, serveAsync(c))
	}
}

// serve answers the requests of a connection, one after the other.
//
//magpie:async
func serve(co *future.Co, c *netio.Conn) error {
	defer c.Close()
	var in []byte // what has arrived and is not answered
	for {
		end, err := clock.Timeout(headAsync(c, &in), idle).Await(co)
		if err == io.EOF && len(in) == 0 {
			return nil
		}
		text, keep := reply(in[:end], err)
		if _, err := c.WriteAll(text).Await(co); err != nil || !keep {
			return err
		}
		if in = in[end:]; len(in) == 0 {
			in = nil // while it waits for the next request it has no buffer
		}
	}
}

// head reads until in begins with the head of a request, and returns where that ends.
//
//magpie:async
func head(co *future.Co, c *netio.Conn, in *[]byte) (end int, err error) {
	for {
		if i := bytes.Index(*in, []byte("\r\n\r\n")); i >= 0 {
			return i + 4, nil
		}
		if len(*in) > mostHead {
			return 0, errTooLong
		}
		if _, err := c.Readable().Await(co); err != nil {
			return 0, err
		}
		buf := sched.Scratch(co.Context()) // the worker's, until the next await
		n, err := c.TryRead(buf[:mostHead])
		if err != nil && err != netio.ErrWouldBlock {
			return 0, err
		}
		*in = append(*in, buf[:n]...)
	}
}

var errTooLong = fmt.Errorf("the head of the request is longer than %d bytes", mostHead)

// reply returns the answer to a request, or to what went wrong with it, and whether the
// connection goes on.
func reply(head []byte, err error) (text []byte, keep bool) {
	if err == errTooLong {
		return answer(http.StatusRequestHeaderFieldsTooLarge, err.Error(), false), false
	}
	if err != nil {
		return nil, false // it is gone, or was silent for too long
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	switch {
	case err != nil:
		return answer(http.StatusBadRequest, err.Error(), false), false
	case r.ContentLength != 0: // its body has not been read
		return answer(http.StatusRequestEntityTooLarge, "a request with a body", false), false
	case r.Method != http.MethodGet:
		return answer(http.StatusMethodNotAllowed, "GET is all there is", !r.Close), !r.Close
	}
	return answer(http.StatusOK, "Hello, World!", !r.Close), !r.Close
}

func answer(status int, text string, keep bool) []byte {
	connection := "keep-alive"
	if !keep {
		connection = "close"
	}
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: %s\r\n\r\n%s",
		status, http.StatusText(status), time.Now().UTC().Format(http.TimeFormat), len(text), connection, text)
}
