package sched_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Two tasks share a socket of datagrams: one reads, another one answers what it is told by a channel. And so do two
// of which one sends to the other through the socket itself.
func TestTwoTasksShareASocket(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		open := func() *netio.PacketConn {
			p, err := netio.ListenPacket("udp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		server, client := open(), open()
		defer client.Close()
		type answer struct {
			text string
			to   netip.AddrPort
		}
		tx, rx := coord.MPSC[answer](4)
		reads := sched.Spawn(rt, future.Do(func(co *future.Co) error {
			defer tx.Close()
			buf := make([]byte, 64)
			for {
				got, err := server.ReadFrom(buf).Await(co)
				if err != nil || got.N == 0 {
					return err
				}
				if _, err := tx.Send(answer{"re: " + string(got.Bytes()), got.Addr}).Await(co); err != nil {
					return err
				}
			}
		}))
		answers := sched.Spawn(rt, future.Do(func(co *future.Co) error {
			for {
				a, err := rx.Recv().Await(co)
				if err != nil {
					return nil // the reader has ended
				}
				if _, err := server.WriteTo([]byte(a.text), a.to).Await(co); err != nil {
					return err
				}
			}
		}))
		wait(t, sched.Spawn(rt, future.Do(func(co *future.Co) error {
			buf := make([]byte, 64)
			for i := range 20 {
				if _, err := client.WriteTo(fmt.Append(nil, i), server.LocalAddr().AddrPort()).Await(co); err != nil {
					return err
				}
				got, err := client.ReadFrom(buf).Await(co)
				if want := fmt.Sprint("re: ", i); err != nil || string(got.Bytes()) != want {
					return fmt.Errorf("got %q, %w; want %q", got.Bytes(), err, want)
				}
			}
			_, err := client.WriteTo(nil, server.LocalAddr().AddrPort()).Await(co)
			return err
		})))
		wait(t, reads)
		wait(t, answers)

		sends := sched.Spawn(rt, future.Box(server.WriteTo([]byte("to itself"), server.LocalAddr().AddrPort())))
		got := wait(t, sched.Spawn(rt, future.Box(server.ReadFrom(make([]byte, 64)))))
		if n := wait(t, sends); n != 9 || string(got.Bytes()) != "to itself" {
			t.Errorf("sent %d, got %q", n, got.Bytes())
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Sending and receiving datagrams costs budget: a task that does nothing else lets others run.
func TestPacketsSpendTheBudget(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1, Budget: 8})
	defer shutdown(t, rt)
	p, err := netio.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	done, got := 0, make([]byte, 8)
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		for done < 40 {
			to := p.WriteTo([]byte("x"), p.LocalAddr().AddrPort())
			if to.Poll(cx).IsPending() {
				to.Drop()
				break
			}
			done++
			from := p.ReadFrom(got)
			if from.Poll(cx).IsPending() {
				from.Drop()
				break
			}
			done++
		}
		return true
	})))
	if done == 0 || done > 8 {
		t.Errorf("%d were sent and received in a poll of 8 operations", done)
	}
}

// A runtime ends while a socket never ceases to be ready: its tasks are dropped in the middle of that.
func TestARuntimeEndsAmongEvents(t *testing.T) {
	for _, n := range workerCounts {
		for range 5 {
			rt := newRuntime(t, sched.Config{Workers: n})
			p, err := netio.ListenPacket("udp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			heard := make(chan struct{}, 1)
			reads := sched.Spawn(rt, future.Do(func(co *future.Co) error {
				buf := make([]byte, 8)
				for {
					if _, err := p.ReadFrom(buf).Await(co); err != nil {
						return err
					}
					select {
					case heard <- struct{}{}:
					default:
					}
				}
			}))
			writes := sched.Spawn(rt, future.Do(func(co *future.Co) error {
				for {
					if _, err := p.WriteTo([]byte("again"), p.LocalAddr().AddrPort()).Await(co); err != nil {
						return err
					}
				}
			}))
			for range 3 {
				select {
				case <-heard:
				case <-soon(t).Done():
					t.Fatal("not a datagram")
				}
			}
			if err := rt.Close(); err != nil {
				t.Errorf("%d workers: %v", n, err)
			}
			for _, h := range []sched.JoinHandle[future.Unit]{reads, writes} {
				if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrShutdown) {
					t.Errorf("%d workers: a task comes to %v", n, err)
				}
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
