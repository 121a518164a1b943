package netio_test

import (
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// acceptByHand accepts as a future written by hand does.
func acceptByHand(l *netio.Listener) future.Future[*netio.Conn] {
	return future.Func[*netio.Conn](l.PollAccept)
}

// dial connects to l and keeps the connection until the end of the test.
func dial(t *testing.T, l *netio.Listener) {
	t.Helper()
	c := must(t, netio.Dial(l.Addr().Network(), l.Addr().String()))
	t.Cleanup(func() { c.Close() })
}

// A try takes what has come, and does not wait.
func TestTryAccept(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	if c, err := l.TryAccept(); err != netio.ErrWouldBlock {
		t.Errorf("%v, %v before anybody comes", c, err)
	}
	waits := parked[*netio.Conn](t, future.Box(l.Accept())) // the portable build accepts for it alone
	client := must(t, netio.Dial("tcp", l.Addr().String()))
	defer client.Close()
	<-waits.woken
	c, err := l.TryAccept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	must[int](t, future.Box(client.WriteAll([]byte("x"))))
	if got := readFull(t, c, 1); got != "x" {
		t.Errorf("read %q", got)
	}
	if c, err := l.TryAccept(); err != netio.ErrWouldBlock {
		t.Errorf("%v, %v after the only one", c, err)
	}
	future.Drop(waits.f)
	l.Close()
	if _, err := l.TryAccept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v after Close", err)
	}
}

// Several acceptors wait, in the queue and without a place in it. One is dropped before
// its connection comes, one when it has been woken for it already. The others accept
// every connection that comes.
func TestManyAcceptors(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	gone := parked[*netio.Conn](t, future.Box(l.Accept()))
	called := parked[*netio.Conn](t, future.Box(l.Accept()))
	waiting := []*task[*netio.Conn]{
		parked[*netio.Conn](t, future.Box(l.Accept())),
		parked(t, acceptByHand(l)),
		parked[*netio.Conn](t, future.Box(l.Accept())),
		parked(t, acceptByHand(l)),
	}
	future.Drop(gone.f)
	dial(t, l)
	<-called.woken
	future.Drop(called.f)
	for range waiting[1:] {
		dial(t, l)
	}
	accepted := make(chan error)
	for _, k := range waiting {
		go func() {
			c, err := k.end()
			if err == nil {
				err = c.Close()
			}
			accepted <- err
		}()
	}
	for range waiting {
		if err := <-accepted; err != nil {
			t.Error(err)
		}
	}
}

// Acceptors of the queue are served in the order in which they came.
func TestAcceptorsTakeTurns(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	first, second := parked[*netio.Conn](t, future.Box(l.Accept())), parked[*netio.Conn](t, future.Box(l.Accept()))
	for _, k := range []*task[*netio.Conn]{first, second} {
		dial(t, l)
		<-k.woken
		if k == first && second.wasWoken() {
			t.Error("the second acceptor was woken before the first had accepted")
		}
		k.woken <- struct{}{}
		c, err := k.end()
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
}

// Close ends all who wait.
func TestCloseEndsEveryAcceptor(t *testing.T) {
	for network, address := range networks(t) {
		l := listen(t, network, address)
		waiting := []*task[*netio.Conn]{
			parked[*netio.Conn](t, future.Box(l.Accept())), parked[*netio.Conn](t, future.Box(l.Accept())),
			parked(t, acceptByHand(l)), parked(t, acceptByHand(l)),
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		for i, k := range waiting {
			if _, err := k.end(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s: acceptor %d ended with %v", network, i, err)
			}
		}
	}
}

// One that comes back with ever new wakers, and never says that it has given up, takes no
// more than its share of the memory; those that are pushed out are woken.
func TestAcceptorsWithoutAPlaceAreBounded(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	var all []*task[*netio.Conn]
	for range 100 {
		all = append(all, parked(t, acceptByHand(l)))
	}
	for _, k := range all[:80] {
		if !k.wasWoken() {
			t.Fatal("one that was pushed out has not been woken")
		}
	}
	dial(t, l)
	c, err := all[99].end()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// A storm of acceptors on several threads, half of which give up now and then: each
// connection is accepted once.
func TestAcceptorsStorm(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	const acceptors, connections = 4, 200
	var wg sync.WaitGroup
	accepted := make(chan struct{}, 2*connections)
	for i := range acceptors {
		wg.Go(func() {
			for round := 0; ; round++ {
				op := l.Accept()
				if i%2 == 0 && round%3 == 0 {
					var cx waker.Context
					p := op.Poll(&cx)
					if p.IsPending() {
						op.Drop()
						continue
					}
					if c, err := p.Result(); err == nil {
						c.Close()
						accepted <- struct{}{}
						continue
					}
					return
				}
				c, err := future.BlockOn[*netio.Conn](&op)
				if err != nil {
					return
				}
				c.Close()
				accepted <- struct{}{}
			}
		})
	}
	for range connections {
		c := must(t, netio.Dial("tcp", l.Addr().String()))
		<-accepted
		c.Close()
	}
	l.Close()
	wg.Wait()
}
