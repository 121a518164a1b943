package dns_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
)

// server is a name server in memory: it answers what it was given, and does not know all else.
type server struct {
	records map[string][][]byte // by type and name, the data of each
	asked   atomic.Int64
	hold    chan struct{} // if not nil, each question waits for it to be closed
	held    chan string   // told of each that waits, by the first label of its name
	wg      sync.WaitGroup
}

// Types of records.
const (
	typeA    = 1
	typePTR  = 12
	typeMX   = 15
	typeTXT  = 16
	typeAAAA = 28
	typeSRV  = 33
)

func key(kind int, name string) string { return string(rune(kind)) + strings.ToLower(name) }

func (s *server) set(kind int, name string, data ...[]byte) {
	if s.records == nil {
		s.records = map[string][][]byte{}
	}
	s.records[key(kind, name)] = data
}

// resolver returns a resolver that asks s only.
func (s *server) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe() // no net.PacketConn, so messages have their length before them
		s.wg.Go(func() { s.serve(ours) })
		return theirs, nil
	}}
}

func (s *server) serve(c net.Conn) {
	defer c.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		q := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(c, q); err != nil {
			return
		}
		s.asked.Add(1)
		if s.hold != nil {
			s.held <- string(q[13 : 13+q[12]])
			<-s.hold
		}
		a := s.answer(q)
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)); err != nil {
			return
		}
	}
}

// answer makes the message that answers one with one question.
func (s *server) answer(q []byte) []byte {
	end := 12
	var labels []string
	for q[end] != 0 {
		labels = append(labels, string(q[end+1:end+1+int(q[end])]))
		end += 1 + int(q[end])
	}
	kind := int(binary.BigEndian.Uint16(q[end+1:]))
	end += 5
	data := s.records[key(kind, strings.Join(labels, ".")+".")]
	a := append([]byte(nil), q[:end]...)
	a[2], a[3] = 0x84, 0x80 // an answer, with authority
	if data == nil {
		a[3] |= 3 // no such name
		for _, other := range []int{typeA, typeAAAA} {
			if s.records[key(other, strings.Join(labels, ".")+".")] != nil {
				a[3] &^= 3 // but another type of it
			}
		}
	}
	binary.BigEndian.PutUint16(a[6:], uint16(len(data)))
	binary.BigEndian.PutUint32(a[8:], 0)
	for _, d := range data {
		a = append(a, 0xc0, 12, 0, byte(kind), 0, 1, 0, 0, 0, 60) // the name of the question, class, time to live
		a = append(binary.BigEndian.AppendUint16(a, uint16(len(d))), d...)
	}
	return a
}

// addr, text and name are data of records.
func addr(s string) []byte { return netip.MustParseAddr(s).AsSlice() }

func text(s string) []byte { return append([]byte{byte(len(s))}, s...) }

func name(s string) (data []byte) {
	for label := range strings.SplitSeq(strings.TrimSuffix(s, "."), ".") {
		data = append(data, text(label)...)
	}
	return append(data, 0)
}

func numbers(n ...uint16) (data []byte) {
	for _, n := range n {
		data = binary.BigEndian.AppendUint16(data, n)
	}
	return data
}

// failing returns a resolver that cannot reach its server.
func failing(err error) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
}

// without returns a resolver whose way to its server does not return.
func without(way func()) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		way()
		return nil, errors.New("it has returned")
	}}
}
