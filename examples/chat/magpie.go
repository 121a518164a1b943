package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// serveMagpie serves until ctx is done. It calls ready with the address.
//
//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen
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
		out, unsent := coord.MPSC[string](mostUnsent)
		sched.SpawnDetached(co, hearAsync(r, &member{c, out}, all))
		sched.SpawnDetached(co, tellAsync(w, unsent))
	}
}

// hear is the task that reads what a client says.
//
//magpie:async
func hear(co *future.Co, r *netio.Reader, m *member, all *rooms) error {
	defer m.out.Close()
	defer r.Close()
	in := &input{r: r}
	first, err := in.line(co)
	if err != nil {
		return err
	}
	room, name, err := introduced(first)
	if err != nil {
		return m.out.TrySend(err.Error() + "\n")
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
func tell(co *future.Co, w *netio.Writer, unsent *coord.Receiver[string]) error {
	defer w.Close()
	defer unsent.Drop()
	for {
		text, err := unsent.Recv().Await(co)
		if err != nil {
			return err
		}
		if _, err := w.WriteAll([]byte(text)).Await(co); err != nil {
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

// member is a client.
type member struct {
	c   *netio.Conn
	out *coord.Sender[string]
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
	_ = m.out.TrySend(welcome(room)) // the first that it is told: there is room for it
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
		if m != from && m.out.TrySend(text) == coord.ErrFull {
			m.c.Close() // which ends both tasks
		}
	}
}
