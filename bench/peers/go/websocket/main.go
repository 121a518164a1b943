// Command websocket runs one of the WebSocket servers under comparison. It sends each message back to who has sent it, or
// with -all to everybody who is connected.
// Usage: websocket -impl NAME -port PORT [-all]
//
//	gobwas         buffered reading and writing; with -all a queue and a goroutine that sends for each connection
//	gobwas-loop    the same, but with -all what is sent to everybody is written to one connection after the other
//	gobwas-wsutil  an echo as in gobwas's README, without buffers; not with -all
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"sync"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

func main() {
	impl := flag.String("impl", "gobwas", "server: gobwas, gobwas-loop or gobwas-wsutil")
	port := flag.Int("port", 7000, "port on 127.0.0.1")
	all := flag.Bool("all", false, "send messages to everybody")
	flag.Parse()
	s := &server{all: *all, queues: *impl == "gobwas", members: map[*member]bool{}}
	serve, ok := map[string]func(net.Conn){"gobwas": s.serve, "gobwas-loop": s.serve, "gobwas-wsutil": echoUnbuffered}[*impl]
	if !ok || *all && *impl == "gobwas-wsutil" {
		log.Fatalf("no server %q; there are gobwas, gobwas-loop, and gobwas-wsutil without -all", *impl)
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn)
	}
}

func echoUnbuffered(conn net.Conn) {
	defer conn.Close()
	if _, err := ws.Upgrade(conn); err != nil {
		return
	}
	for {
		msg, op, err := wsutil.ReadClientData(conn)
		if err != nil {
			return
		}
		if err := wsutil.WriteServerMessage(conn, op, msg); err != nil {
			return
		}
	}
}

// server is gobwas/ws on package net, a goroutine a connection.
type server struct {
	all, queues bool

	lock    sync.RWMutex
	members map[*member]bool
}

// member is a connection that gets what all get.
type member struct {
	conn  net.Conn
	queue chan []byte
}

// queued is how many messages wait for a member; one that lets more gather is disconnected.
const queued = 16

func (s *server) serve(conn net.Conn) {
	defer conn.Close()
	if _, err := ws.Upgrade(conn); err != nil {
		return
	}
	if s.all {
		m := &member{conn: conn}
		s.add(m)
		defer s.remove(m)
	}
	// One call of the system for what came together, and one for an answer: reading from the connection itself takes three.
	r, w := bufio.NewReaderSize(conn, 512), bufio.NewWriterSize(conn, 512)
	var buf []byte
	for {
		h, err := ws.ReadHeader(r)
		if err != nil || h.OpCode == ws.OpClose {
			return
		}
		if int64(cap(buf)) < h.Length {
			buf = make([]byte, h.Length)
		}
		buf = buf[:h.Length]
		if _, err := io.ReadFull(r, buf); err != nil {
			return
		}
		ws.Cipher(buf, h.Mask, 0)
		frame := ws.NewFrame(h.OpCode, h.Fin, buf)
		if s.all {
			s.broadcast(frame)
			continue
		}
		if err := ws.WriteFrame(w, frame); err != nil {
			return
		}
		if r.Buffered() == 0 {
			if err := w.Flush(); err != nil {
				return
			}
		}
	}
}

func (s *server) add(m *member) {
	if s.queues {
		m.queue = make(chan []byte, queued)
		go func() {
			for frame := range m.queue {
				if _, err := m.conn.Write(frame); err != nil {
					m.conn.Close()
				}
			}
		}()
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.members[m] = true
}

func (s *server) remove(m *member) {
	s.lock.Lock()
	defer s.lock.Unlock()
	delete(s.members, m)
	if s.queues {
		close(m.queue)
	}
}

func (s *server) broadcast(f ws.Frame) {
	bytes, err := ws.CompileFrame(f)
	if err != nil {
		return
	}
	s.lock.RLock()
	defer s.lock.RUnlock()
	for m := range s.members {
		if !s.queues {
			if _, err := m.conn.Write(bytes); err != nil {
				m.conn.Close()
			}
			continue
		}
		select {
		case m.queue <- bytes:
		default:
			m.conn.Close()
		}
	}
}
