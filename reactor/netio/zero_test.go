package netio_test

import (
	"fmt"
	"net"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/proxyproto"
)

// Every method of a zero value or nil pointer that can do nothing panics, and says of
// what; descriptor 0 stays open.
func TestZeroValues(t *testing.T) {
	before, err := os.Stdin.Stat()
	if err != nil {
		t.Skip(err)
	}
	var cx waker.Context
	calls := map[string]map[string]func(){}
	for kind, c := range map[string]*netio.Conn{"nil": nil, "zero": new(netio.Conn)} {
		calls[kind+" Conn"] = map[string]func(){
			"PollRead":         func() { c.PollRead(&cx, make([]byte, 1)) },
			"PollRead empty":   func() { c.PollRead(&cx, nil) },
			"PollWrite":        func() { c.PollWrite(&cx, make([]byte, 1)) },
			"PollWrite empty":  func() { c.PollWrite(&cx, nil) },
			"Close":            func() { c.Close() },
			"CloseWrite":       func() { c.CloseWrite() },
			"Control":          func() { c.Control(func(uintptr) {}) },
			"SetNoDelay":       func() { c.SetNoDelay(true) },
			"SetLinger":        func() { c.SetLinger(1) },
			"SetDeadline":      func() { c.SetDeadline(time.Now()) },
			"SetReadDeadline":  func() { c.SetReadDeadline(time.Time{}) },
			"SetWriteDeadline": func() { c.SetWriteDeadline(time.Now()) },
			"LocalAddr":        func() { c.LocalAddr() },
			"RemoteAddr":       func() { c.RemoteAddr() },
			"Read":             func() { c.Read(make([]byte, 1)) },
			"WriteAll":         func() { c.WriteAll(nil) },
			"Readable":         func() { c.Readable() },
			"Writable":         func() { c.Writable() },
			"TryRead":          func() { c.TryRead(nil) },
			"TryWrite":         func() { c.TryWrite(nil) },
			"Peek":             func() { c.Peek(nil) },
			"ReadBuffers":      func() { c.ReadBuffers(nil) },
			"WriteBuffers":     func() { c.WriteBuffers(nil) },
			"ReadMessage":      func() { c.ReadMessage(nil) },
			"WriteMessage":     func() { c.WriteMessage(nil) },
			"ProxyHeader":      func() { c.ProxyHeader() },
			"SendFile":         func() { c.SendFile(nil, 0, 0) },
			"Splice":           func() { netio.Splice(c, c) },
			"SpliceBoth":       func() { netio.SpliceBoth(c, c) },
			"Release":          func() { c.Release() },
			"SetKeepAlive":     func() { c.SetKeepAlive(net.KeepAliveConfig{}) },
			"SetReadBuffer":    func() { c.SetReadBuffer(1) },
			"SetUserTimeout":   func() { c.SetUserTimeout(0) },
			"SetQuickAck":      func() { c.SetQuickAck(true) },
			"SetTrafficClass":  func() { c.SetTrafficClass(0) },
			"SetMark":          func() { c.SetMark(0) },
		}
	}
	for kind, l := range map[string]*netio.Listener{"nil": nil, "zero": new(netio.Listener)} {
		calls[kind+" Listener"] = map[string]func(){
			"PollAccept":       func() { l.PollAccept(&cx) },
			"Accept":           func() { l.Accept() },
			"Close":            func() { l.Close() },
			"Addr":             func() { l.Addr() },
			"Backoffs":         func() { l.Backoffs() },
			"Release":          func() { l.Release() },
			"SetUnlinkOnClose": func() { l.SetUnlinkOnClose(true) },
		}
	}
	for kind, s := range map[string]*netio.Stream{"nil": nil, "zero": new(netio.Stream)} {
		calls[kind+" Stream"] = map[string]func(){
			"Read":      func() { s.Read(make([]byte, 1)) },
			"Write":     func() { s.Write(make([]byte, 1)) },
			"Close":     func() { s.Close() },
			"Conn":      func() { s.Conn() },
			"LocalAddr": func() { s.LocalAddr() },
		}
	}
	calls["WriteAllOp"] = map[string]func(){"nil Written": func() { (*netio.WriteAllOp)(nil).Written() }}
	calls["DialOp"] = map[string]func(){
		"zero Poll": func() { netio.DialOp{}.Poll(&cx) }, "zero Await": func() { netio.DialOp{}.Await(nil) },
	}
	for kind, r := range map[string]*netio.Reader{"nil": nil, "zero": new(netio.Reader)} {
		calls[kind+" Reader"] = map[string]func(){
			"Read":            func() { r.Read(nil) },
			"PollRead":        func() { r.PollRead(&cx, nil) },
			"SetReadDeadline": func() { r.SetReadDeadline(time.Time{}) },
			"Conn":            func() { r.Conn() },
			"Close":           func() { r.Close() },
		}
	}
	for kind, w := range map[string]*netio.Writer{"nil": nil, "zero": new(netio.Writer)} {
		calls[kind+" Writer"] = map[string]func(){
			"Write":            func() { w.Write(nil) },
			"WriteAll":         func() { w.WriteAll(nil) },
			"PollWrite":        func() { w.PollWrite(&cx, nil) },
			"SetWriteDeadline": func() { w.SetWriteDeadline(time.Time{}) },
			"Conn":             func() { w.Conn() },
			"Close":            func() { w.Close() },
		}
	}
	for kind, methods := range calls {
		name := kind[strings.LastIndexByte(kind, ' ')+1:]
		for method, call := range methods {
			func() {
				defer func() {
					message := fmt.Sprint(recover())
					// Reads and writes of nothing are made by a nil Conn's Read, which names it.
					if !strings.Contains(message, "netio: ") || !strings.Contains(message, name) && !strings.Contains(message, "Op") {
						t.Errorf("%s, %s: %q", kind, method, message)
					}
				}()
				call()
			}()
		}
	}
	if after, err := os.Stdin.Stat(); err != nil || !os.SameFile(before, after) {
		t.Errorf("descriptor 0 is another file: %v", err)
	}
}

// An operation that was dropped is not polled any more, nor is a zero one, or none.
func TestMisuseOfEveryOp(t *testing.T) {
	c, _ := pair(t)
	p := packetConn(t, "udp", "127.0.0.1:0")
	l := listen(t, "tcp", "127.0.0.1:0")
	f, _ := fileOf(t, 1)
	b := make([]byte, 1)
	misuse[int](t, c.Read(b))
	misuse[int](t, c.Write(b))
	misuse[int](t, c.WriteAll(b))
	misuse[int](t, c.Peek(b))
	misuse[future.Unit](t, c.Readable())
	misuse[int](t, c.ReadBuffers([][]byte{b}))
	misuse[int](t, c.WriteBuffers([][]byte{b}))
	misuse[netio.Message](t, c.ReadMessage(b))
	misuse[int](t, c.WriteMessage(b))
	misuse[proxyproto.Header](t, c.ProxyHeader())
	misuse[int64](t, c.SendFile(f, 0, 1))
	misuse[int64](t, netio.Splice(c, c))
	misuse[aio.Copied](t, netio.SpliceBoth(c, c))
	misuse[*netio.Conn](t, l.Accept())
	misuse[netio.Packet](t, p.ReadFrom(b))
	misuse[netio.Packet](t, p.PeekFrom(b))
	misuse[int](t, p.WriteTo(b, p.LocalAddr().AddrPort()))
	misuse[int](t, p.ReadBatch(make([]netio.Packet, 1)))
}

func misuse[T, O any, P interface {
	*O
	future.Future[T]
	future.Dropper
}](t *testing.T, op O) {
	t.Helper()
	var cx waker.Context
	name := reflect.TypeFor[O]().Name()
	mustPanicOf(t, "a nil "+name, func() { P(nil).Poll(&cx) })
	mustPanicOf(t, "a nil "+name, func() { P(nil).Drop() })
	P(new(O)).Drop() // which has nothing to give up
	mustPanic(t, future.Future[T](P(new(O))), name+" polled after Ready (or after Drop), or a zero one")
	for range 2 {
		P(&op).Drop()
	}
	mustPanic(t, future.Future[T](P(&op)), name+" polled after Ready (or after Drop), or a zero one")
}

// mustPanicOf fails the test unless call panics with a message of this package that names what.
func mustPanicOf(t *testing.T, what string, call func()) {
	t.Helper()
	defer func() {
		t.Helper()
		name := what[strings.LastIndexByte(what, ' ')+1:]
		if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "netio: ") || !strings.Contains(got, name) {
			t.Errorf("%s: %q", what, got)
		}
	}()
	call()
}
