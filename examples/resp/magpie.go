package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// pipelineMagpie sends commands and returns their replies: strings, int64, nil, a failure, or a slice
// of these.
//
//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen
func pipelineMagpie(ctx context.Context, addr string, commands [][]string) ([]any, error) {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		return nil, err
	}
	defer rt.Close()
	all := pipelineAsync(addr, commands)
	return sched.Run(ctx, rt, &all)
}

// pipeline hands the writing half of the connection to a task of its own.
//
//magpie:async
func pipeline(co *future.Co, addr string, commands [][]string) ([]any, error) {
	c, err := netio.Dial("tcp", addr).Await(co)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	r, w := c.Split()
	sched.SpawnDetached(co, sendAsync(w, encode(commands)))
	in := &input{r: r}
	return in.replies(co, len(commands))
}

// send sends b. If it fails, no reply comes either, and that is what is told.
//
//magpie:async
func send(co *future.Co, w *netio.Writer, b []byte) error {
	_, err := w.WriteAll(b).Await(co)
	return err
}

// input is what comes from the server.
type input struct {
	r   *netio.Reader
	buf []byte // received, and not yet parsed
}

//magpie:async
func (in *input) replies(co *future.Co, n int) ([]any, error) {
	var all []any
	for range n {
		r, err := in.reply(co)
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	return all, nil
}

//magpie:async
func (in *input) reply(co *future.Co) (any, error) {
	kind, line, err := in.line(co)
	if err != nil {
		return nil, err
	}
	switch kind {
	case '+':
		return line, nil
	case '-':
		return failure(line), nil
	}
	n, err := strconv.ParseInt(line, 10, 64)
	switch {
	case err != nil:
		return nil, err
	case kind == ':':
		return n, nil
	case n < 0:
		return nil, nil
	case kind == '$':
		return in.text(co, int(n))
	case kind == '*':
		return in.replies(co, int(n))
	}
	return nil, fmt.Errorf("a reply of unknown kind %q", kind)
}

// line receives a line, and returns its first byte and what follows.
//
//magpie:async
func (in *input) line(co *future.Co) (kind byte, rest string, err error) {
	for {
		if line, after, ok := bytes.Cut(in.buf, []byte("\r\n")); ok && len(line) > 0 {
			in.buf = after
			return line[0], string(line[1:]), nil
		}
		if err := in.receive(co); err != nil {
			return 0, "", err
		}
	}
}

// text receives n bytes and the end of their line.
//
//magpie:async
func (in *input) text(co *future.Co, n int) (string, error) {
	for len(in.buf) < n+2 {
		if err := in.receive(co); err != nil {
			return "", err
		}
	}
	s := string(in.buf[:n])
	in.buf = in.buf[n+2:]
	return s, nil
}

// receive adds to buf.
//
//magpie:async
func (in *input) receive(co *future.Co) error {
	in.buf = slices.Grow(in.buf, 4096)
	n, err := in.r.Read(in.buf[len(in.buf):cap(in.buf)]).Await(co)
	in.buf = in.buf[:len(in.buf)+n]
	return err
}
