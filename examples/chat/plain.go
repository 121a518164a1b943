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
		m := &memberPlain{c, make(chan string, mostUnsent)}
		clients.Go(func() { hearPlain(ctx, m, all) })
		clients.Go(func() { tellPlain(m) })
	}
}

// hearPlain reads what a client says.
func hearPlain(ctx context.Context, m *memberPlain, all *roomsPlain) {
	defer close(m.out)
	defer context.AfterFunc(ctx, func() { m.c.Close() })()
	in := bufio.NewScanner(m.c)
	in.Buffer(nil, longestLine)
	if !in.Scan() {
		return
	}
	room, name, err := introduced(in.Text())
	if err != nil {
		m.out <- err.Error() + "\n"
		return
	}
	all.join(room, m)
	defer all.leave(room, m)
	for in.Scan() {
		all.say(room, m, fmt.Sprintf("%s: %s\n", name, in.Text()))
	}
}

// tellPlain writes what a client is told.
func tellPlain(m *memberPlain) {
	defer m.c.Close()
	for text := range m.out {
		if _, err := m.c.Write([]byte(text)); err != nil {
			return
		}
	}
}

// memberPlain is a client.
type memberPlain struct {
	c   net.Conn
	out chan string
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
	m.out <- welcome(room) // the first that it is told: there is room for it
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
		if m == from {
			continue
		}
		select {
		case m.out <- text:
		default:
			m.c.Close() // which ends both goroutines
		}
	}
}
