package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// pipelinePlain sends commands and returns their replies: strings, int64, nil, a failure, or a slice
// of these.
func pipelinePlain(ctx context.Context, addr string, commands [][]string) ([]any, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	sent := make(chan struct{})
	defer func() { c.Close(); <-sent }()
	go func() {
		defer close(sent)
		c.Write(encode(commands)) // if it fails, no reply comes either, and that is what is told
	}()
	in := &inputPlain{bufio.NewReader(c)}
	return in.replies(len(commands))
}

// inputPlain is what comes from the server.
type inputPlain struct{ r *bufio.Reader }

func (in *inputPlain) replies(n int) ([]any, error) {
	var all []any
	for range n {
		r, err := in.reply()
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (in *inputPlain) reply() (any, error) {
	line, err := in.r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, line := line[0], strings.TrimSuffix(line[1:], "\r\n")
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
		return in.text(int(n))
	case kind == '*':
		return in.replies(int(n))
	}
	return nil, fmt.Errorf("a reply of unknown kind %q", kind)
}

// text receives n bytes and the end of their line.
func (in *inputPlain) text(n int) (string, error) {
	b := make([]byte, n+2)
	if _, err := io.ReadFull(in.r, b); err != nil {
		return "", err
	}
	return string(b[:n]), nil
}
