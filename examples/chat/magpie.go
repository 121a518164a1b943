package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen
//lint:file-ignore U1000 what is marked async is compiled; the program calls what it is compiled to

// serveMagpie serves until ctx is done. It calls ready with the address.
func serveMagpie(ctx context.Context, addr string, ready func(net.Addr)) error {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		return err
	}
	defer rt.Close() // with the clients that are left
	ln, err := netio.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	ready(ln.Addr())
	server := acceptAsync(ln, &rooms{members: map[string]map[*member]bool{}})
	if _, err = sched.Run(ctx, rt, &server); ctx.Err() != nil {
		return nil
	}
	return err
}

//magpie:async
func accept(co *future.Co, ln *netio.Listener, all *rooms) error {
	for {
		c, err := ln.Accept().Await(co)
		if err != nil {
			return err
		}
		r, w := c.Split()
		m := &member{c: c}
		sched.SpawnDetached(co, hearAsync(r, m, all))
		sched.SpawnDetached(co, tellAsync(w, m))
	}
}

// hear is the task that reads what a client says.
//
//magpie:async
func hear(co *future.Co, r *netio.Reader, m *member, all *rooms) error {
	defer m.leave()
	defer r.Close()
	in := &input{r: r}
	first, err := in.line(co)
	if err != nil {
		return err
	}
	room, name, err := introduced(first)
	if err != nil {
		m.send(err.Error() + "\n")
		return err
	}
	all.join(room, m)
	defer all.leave(room, m)
	for {
		line, err := in.line(co)
		if err != nil {
			return err
		}
		all.say(room, m, fmt.Sprintf("%s: %s\n", name, line))
	}
}

// tell is the task that writes what a client is told.
//
//magpie:async
func tell(co *future.Co, w *netio.Writer, m *member) error {
	defer w.Close()
	for {
		text, err := future.Await(co, future.Func(m.unsentText))
		if err != nil {
			return err
		}
		if _, err := w.WriteAll(text).Await(co); err != nil {
			return err
		}
	}
}

// input makes lines of what a client sends.
type input struct {
	r   *netio.Reader
	buf [longestLine]byte
	n   int // bytes of buf that are not yet used
}

//magpie:async
func (in *input) line(co *future.Co) (string, error) {
	for {
		if line, rest, ok := bytes.Cut(in.buf[:in.n], []byte("\n")); ok {
			s := string(line)
			in.n = copy(in.buf[:], rest)
			return s, nil
		}
		if in.n == longestLine {
			return "", bufio.ErrTooLong
		}
		n, err := in.r.Read(in.buf[in.n:]).Await(co)
		if err != nil {
			return "", err
		}
		in.n += n
	}
}

// rooms are who is where.
type rooms struct {
	mu      sync.Mutex
	members map[string]map[*member]bool
}

func (r *rooms) join(room string, m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[room] == nil {
		r.members[room] = map[*member]bool{}
	}
	r.members[room][m] = true
}

func (r *rooms) leave(room string, m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if delete(r.members[room], m); len(r.members[room]) == 0 {
		delete(r.members, room)
	}
}

func (r *rooms) say(room string, from *member, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for m := range r.members[room] {
		if m != from {
			m.send(text)
		}
	}
}

// member is what is still to be sent to a client.
type member struct {
	c      *netio.Conn
	mu     sync.Mutex
	unsent []byte
	gone   bool
	more   waker.AtomicWaker
}

func (m *member) send(text string) {
	m.mu.Lock()
	if m.unsent = append(m.unsent, text...); len(m.unsent) > mostUnsent {
		m.unsent = nil
		m.c.Close() // which ends both tasks
	}
	m.mu.Unlock()
	m.more.Wake()
}

func (m *member) leave() {
	m.mu.Lock()
	m.gone = true
	m.mu.Unlock()
	m.more.Wake()
}

// unsentText is the poll of the future that comes to what is to be sent. The waker is left first: who
// sends something after that wakes the task.
func (m *member) unsentText(cx *waker.Context) future.Poll[[]byte] {
	m.more.Register(cx.Waker())
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case len(m.unsent) > 0:
		text := m.unsent
		m.unsent = nil
		return future.Ready(text)
	case m.gone:
		return future.Failed[[]byte](net.ErrClosed)
	}
	return future.Pending[[]byte]()
}
