package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"sync"
)

// servePlain serves until ctx is done. It calls ready with the address.
func servePlain(ctx context.Context, addr string, ready func(net.Addr)) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	ready(ln.Addr())
	all := &roomsPlain{members: map[string]map[*memberPlain]bool{}}
	var clients sync.WaitGroup
	defer clients.Wait()
	for {
		c, err := ln.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		m := &memberPlain{c: c}
		m.more.L = &m.mu
		clients.Go(func() { hearPlain(ctx, c, m, all) })
		clients.Go(func() { tellPlain(c, m) })
	}
}

// hearPlain reads what a client says.
func hearPlain(ctx context.Context, c net.Conn, m *memberPlain, all *roomsPlain) {
	defer m.leave()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	in := bufio.NewScanner(c)
	in.Buffer(nil, longestLine)
	if !in.Scan() {
		return
	}
	room, name, err := introduced(in.Text())
	if err != nil {
		m.send(err.Error() + "\n")
		return
	}
	all.join(room, m)
	defer all.leave(room, m)
	for in.Scan() {
		all.say(room, m, fmt.Sprintf("%s: %s\n", name, in.Text()))
	}
}

// tellPlain writes what a client is told.
func tellPlain(c net.Conn, m *memberPlain) {
	defer c.Close()
	for {
		text, ok := m.unsentText()
		if !ok {
			return
		}
		if _, err := c.Write(text); err != nil {
			return
		}
	}
}

// roomsPlain are who is where.
type roomsPlain struct {
	mu      sync.Mutex
	members map[string]map[*memberPlain]bool
}

func (r *roomsPlain) join(room string, m *memberPlain) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[room] == nil {
		r.members[room] = map[*memberPlain]bool{}
	}
	r.members[room][m] = true
}

func (r *roomsPlain) leave(room string, m *memberPlain) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if delete(r.members[room], m); len(r.members[room]) == 0 {
		delete(r.members, room)
	}
}

func (r *roomsPlain) say(room string, from *memberPlain, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for m := range r.members[room] {
		if m != from {
			m.send(text)
		}
	}
}

// memberPlain is what is still to be sent to a client.
type memberPlain struct {
	c      net.Conn
	mu     sync.Mutex
	unsent []byte
	gone   bool
	more   sync.Cond
}

func (m *memberPlain) send(text string) {
	m.mu.Lock()
	if m.unsent = append(m.unsent, text...); len(m.unsent) > mostUnsent {
		m.unsent = nil
		m.c.Close() // which ends both goroutines
	}
	m.mu.Unlock()
	m.more.Signal()
}

func (m *memberPlain) leave() {
	m.mu.Lock()
	m.gone = true
	m.mu.Unlock()
	m.more.Signal()
}

// unsentText waits for what is to be sent; not ok: the client is gone.
func (m *memberPlain) unsentText() (text []byte, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.unsent) == 0 && !m.gone {
		m.more.Wait()
	}
	text, m.unsent = m.unsent, nil
	return text, len(text) > 0
}
