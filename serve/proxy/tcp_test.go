package proxy_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/proxy"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen before it fails.
const patience = 20 * time.Second

// upstream serves connections on goroutines until the test ends, and returns its address.
func upstream(t *testing.T, serve func(c *net.TCPConn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(patience))
			all.Go(func() {
				defer c.Close()
				serve(c.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		all.Wait()
	})
	return ln.Addr().String()
}

// nobody returns an address at which nobody listens.
func nobody(t *testing.T) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func pool(t *testing.T, c proxy.PoolConfig) *proxy.Pool {
	t.Helper()
	p, err := proxy.NewPool(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// front runs a proxy, and returns its address and what connections ended with.
func front(t *testing.T, p *proxy.Pool, c proxy.TCPConfig) (*serve.Server, string, <-chan error) {
	t.Helper()
	return frontOver(t, p, c, nil)
}

func frontOver(t *testing.T, p *proxy.Pool, c proxy.TCPConfig, conf *tls.Config) (*serve.Server, string, <-chan error) {
	t.Helper()
	errs := make(chan error, 100)
	s, err := proxy.NewTCP(serve.Config{TLS: conf, OnError: func(_ *serve.Conn, err error) { errs <- err }}, p, c)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sched.SpawnDetached(rt, s.Serve(l))
	sched.SpawnDetached(rt, p.Watch())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		rt.Close()
		for _, u := range p.Upstreams() {
			if n := u.Conns(); n != 0 {
				t.Errorf("%d connections to %s are still counted", n, u.Address())
			}
		}
	})
	return s, l.Addr().String(), errs
}

func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

func echo(c *net.TCPConn) {
	io.Copy(c, c)
	c.CloseWrite()
}

// Bytes go through both ways, few and many, and the end of one direction is passed on while the other goes on.
func TestPassesBytesAndEnds(t *testing.T) {
	_, addr, _ := front(t, pool(t, proxy.PoolConfig{Addresses: []string{upstream(t, echo)}}), proxy.TCPConfig{})
	for _, size := range []int{1, 64, 100_000, 4 << 20} {
		c := dial(t, addr)
		want := bytes.Repeat([]byte("abcdefg"), size/7+1)
		go func() {
			c.Write(want)
			c.CloseWrite()
		}()
		if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back, %v; want %d", len(got), err, len(want))
		}
	}
}

// Clients may speak TLS to the proxy, whose servers do not.
func TestTLSBeforeTheServers(t *testing.T) {
	theirs := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer theirs.Close()
	_, addr, _ := frontOver(t, pool(t, proxy.PoolConfig{Addresses: []string{upstream(t, echo)}}), proxy.TCPConfig{}, theirs.TLS.Clone())
	c := tls.Client(dial(t, addr), &tls.Config{InsecureSkipVerify: true})
	want := bytes.Repeat([]byte("abcdefg"), 100_000)
	go func() {
		c.Write(want)
		c.CloseWrite()
	}()
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes came back, %v; want %d", len(got), err, len(want))
	}
}

// A server that breaks off has its client reset: half an answer is not taken for a whole one. A client that breaks off has the
// server reset.
func TestResetIsPassedOn(t *testing.T) {
	reset := make(chan error, 1)
	addrs := upstream(t, func(c *net.TCPConn) {
		p := make([]byte, 1)
		io.ReadFull(c, p)
		if p[0] == 's' {
			c.Write([]byte("half"))
			c.SetLinger(0)
			return
		}
		_, err := c.Read(p)
		reset <- err
	})
	_, addr, errs := front(t, pool(t, proxy.PoolConfig{Addresses: []string{addrs}}), proxy.TCPConfig{})
	c := dial(t, addr)
	c.Write([]byte("s"))
	if got, err := io.ReadAll(c); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client has read %q, %v", got, err)
	}
	if err := <-errs; !errors.Is(err, syscall.ECONNRESET) || !bytes.Contains([]byte(err.Error()), []byte(addrs)) {
		t.Errorf("told of %v", err)
	}
	c = dial(t, addr)
	c.Write([]byte("c"))
	c.SetLinger(0)
	c.Close()
	if err := <-reset; !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the server has read %v", err)
	}
	<-errs
}

// A server that cannot be connected to is left out, and told of once; the client does not notice. If there is no other, it is reset, and
// the error says which servers were tried.
func TestConnectFailure(t *testing.T) {
	dead := nobody(t)
	health := make(chan error, 10)
	p := pool(t, proxy.PoolConfig{Addresses: []string{dead, upstream(t, echo)}, OnHealth: func(a string, err error) {
		if a != dead {
			t.Error("told of", a, err)
		}
		health <- err
	}})
	_, addr, _ := front(t, p, proxy.TCPConfig{})
	for range 6 {
		c := dial(t, addr)
		c.Write([]byte("x"))
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Error(err)
		}
	}
	if err := <-health; !errors.Is(err, syscall.ECONNREFUSED) || len(health) > 0 {
		t.Errorf("told of %v, and %d more", err, len(health))
	}
	if p.Upstreams()[0].Up() || !p.Upstreams()[1].Up() {
		t.Error("which one is left out is wrong")
	}
	for range 3 {
		u := p.Pick()
		if u.Address() == dead {
			t.Error("the one that is left out was chosen")
		}
		u.Release()
	}
	_, alone, errs := front(t, pool(t, proxy.PoolConfig{Addresses: []string{dead}}), proxy.TCPConfig{})
	c, err := net.Dial("tcp", alone)
	if err == nil { // it may be reset before that returns
		defer c.Close()
		_, err = io.ReadAll(c)
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client has read %v", err)
	}
	var failed *proxy.ConnectError
	if err := <-errs; !errors.As(err, &failed) || failed.Address != dead || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("told of %v", err)
	}
}

// A server is not blamed, by a connection or by a check, for what the proxy itself lacks.
func TestConnectWithoutDescriptors(t *testing.T) {
	checked := make(chan struct{}, 100)
	p := pool(t, proxy.PoolConfig{
		Addresses:  []string{nobody(t)},
		CheckEvery: time.Millisecond,
		OnHealth:   func(a string, err error) { t.Error("told of", a, err) },
		Dial: netio.DialConfig{Control: func(string, string, uintptr) error {
			select {
			case checked <- struct{}{}:
			default:
			}
			return syscall.EMFILE
		}},
	})
	_, addr, errs := front(t, p, proxy.TCPConfig{})
	if c, err := net.Dial("tcp", addr); err == nil { // it may be reset before that returns
		defer c.Close()
	}
	if err := <-errs; !errors.Is(err, syscall.EMFILE) {
		t.Errorf("the connection ended with %v", err)
	}
	for range 4 { // of one connection alone there are not so many
		<-checked
	}
	if !p.Upstreams()[0].Up() {
		t.Error("it is left out")
	}
}

// A check brings a server back that listens again, and leaves one out that nobody has asked for.
func TestActiveHealth(t *testing.T) {
	addr := nobody(t)
	health := make(chan error, 10)
	p := pool(t, proxy.PoolConfig{Addresses: []string{addr}, CheckEvery: time.Millisecond, OnHealth: func(_ string, err error) { health <- err }})
	front(t, p, proxy.TCPConfig{})
	if err := <-health; err == nil {
		t.Fatal("it was never left out")
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Skip("the port was taken by somebody else: ", err)
	}
	defer ln.Close()
	if err := <-health; err != nil || !p.Upstreams()[0].Up() {
		t.Errorf("it came back with %v", err)
	}
}

// Connections go to the server that has the fewest, or to each in turn.
func TestBalance(t *testing.T) {
	a, b := upstream(t, echo), upstream(t, echo)
	p := pool(t, proxy.PoolConfig{Addresses: []string{a, b}})
	first, second, third := p.Pick(), p.Pick(), p.Pick()
	if first == second {
		t.Error("the second went where the first is")
	}
	other := map[*proxy.Upstream]*proxy.Upstream{first: second, second: first}[third]
	for range 2 {
		if u := p.Pick(); u != other && u.Conns() > other.Conns()+1 {
			t.Errorf("%s has %d, and %s %d", u.Address(), u.Conns(), other.Address(), other.Conns())
		}
	}
	for range 3 { // it has more than the other then
		if u := p.Pick(first); u != second {
			t.Error("the one to be avoided was taken")
		}
	}
	p = pool(t, proxy.PoolConfig{Addresses: []string{a, b}, Balance: proxy.RoundRobin})
	counts := map[string]int{}
	for range 10 {
		u := p.Pick()
		counts[u.Address()]++
		if counts[a] > 3 {
			u.Release()
		}
	}
	if counts[a] != 5 || counts[b] != 5 {
		t.Errorf("in turns: %v", counts)
	}
}

// A connection that is silent is ended; one on which something is sent now and then is not.
func TestIdleTimeout(t *testing.T) {
	_, addr, errs := front(t, pool(t, proxy.PoolConfig{Addresses: []string{upstream(t, echo)}}), proxy.TCPConfig{IdleTimeout: 50 * time.Millisecond})
	c := dial(t, addr)
	if _, err := io.ReadAll(c); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client has read %v", err)
	}
	if err := <-errs; !errors.Is(err, proxy.ErrIdle) {
		t.Errorf("told of %v", err)
	}
}

// Shutdown ends what is silent, and leaves nothing.
func TestDrain(t *testing.T) {
	s, addr, _ := front(t, pool(t, proxy.PoolConfig{Addresses: []string{upstream(t, echo)}}), proxy.TCPConfig{})
	c := dial(t, addr)
	c.Write([]byte("x"))
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(c); err != nil {
		t.Errorf("the client was told %v", err)
	}
}

// Bad settings are told.
func TestBadConfig(t *testing.T) {
	for _, a := range []string{"", "nowhere", "a:99999", "a:0", "a:", "a:1:2", "a:no-such-service"} {
		if _, err := proxy.NewPool(proxy.PoolConfig{Addresses: []string{"a:1", a}}); err == nil || !strings.Contains(err.Error(), strconv.Quote(a)) || !strings.Contains(err.Error(), "host:port") {
			t.Errorf("address %q: %v", a, err)
		}
	}
	for _, c := range []proxy.PoolConfig{{}, {Network: "udp", Addresses: []string{"a:1"}}, {Addresses: []string{"a:1"}, FailTime: -1}, {Addresses: []string{"a:1"}, Balance: 9}} {
		if _, err := proxy.NewPool(c); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
	if _, err := proxy.NewTCP(serve.Config{}, nil, proxy.TCPConfig{}); err == nil {
		t.Error("no pool: no error")
	}
	if _, err := proxy.NewTCP(serve.Config{}, pool(t, proxy.PoolConfig{Addresses: []string{"a:1"}}), proxy.TCPConfig{IdleTimeout: -1}); err == nil {
		t.Error("a negative time-out: no error")
	}
}

// A server is left out for as long as is asked for, also if that is for ever.
func TestTCPFailsForEver(t *testing.T) {
	p := pool(t, proxy.PoolConfig{Addresses: []string{nobody(t)}, FailTime: math.MaxInt64})
	if _, err := future.BlockOn(future.Box[proxy.Link](p.Connect())); err == nil {
		t.Fatal("connected to nobody")
	}
	if p.Upstreams()[0].Up() {
		t.Error("it is not left out")
	}
}
