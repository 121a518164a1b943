//go:build explore

package ws

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// newConn is a connection without a socket: the model is its task.
func newConn(x *explore.Run, full Policy, most int) *Conn {
	m := &core{rules: &rules{full: full, maxQueued: most}}
	m.api.m = m
	x.Label("conn", &m.api)
	return &m.api
}

// drain is the connection's task with a socket that takes everything: it returns what it has sent when the connection is over.
func drain(c *Conn) (sent []byte, cut bool) {
	task := new(testkit.Sleeper)
	for {
		c.waker.Register(task.Context().Waker())
		if !c.some.Load() {
			task.Wait()
			continue
		}
		if _, cut := c.ended(); cut {
			return sent, true
		}
		out := c.first(nil)
		sent = append(sent, out...)
		if len(out) == 0 {
			c.sent(0)
		} else if c.sent(len(out)) {
			return sent, false
		}
	}
}

func frame(s string) []byte { return wire.AppendFrame(nil, wire.Text, s) }

// What two publishers queue is sent, each one's in order, and the close frame behind what was accepted; nothing behind that.
func TestModelQueue(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		c := newConn(x, Disconnect, 1000)
		var accepted [2]int
		for i := range accepted {
			x.Go("publisher", func() {
				if c.push(frame("m")) == nil {
					accepted[i]++
				}
			})
		}
		x.Go("closer", func() { c.Close(wire.Normal, "") })
		var sent []byte
		x.Go("task", func() { sent, _ = drain(c) })
		x.Finally(func() {
			n := accepted[0] + accepted[1]
			closing := wire.AppendFrame(nil, wire.Close, wire.AppendClosing(nil, wire.Normal, ""))
			want := 0
			for range n {
				want += len(frame("m"))
			}
			x.Assert(len(sent) == want+len(closing) && string(sent[want:]) == string(closing), "%d were accepted, %q sent", n, sent)
		})
	})
}

// A connection that is cut ends, also if its task waits for a socket that takes nothing.
func TestModelCut(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		c := newConn(x, Disconnect, 3)
		refused := 0
		for range 2 {
			x.Go("publisher", func() {
				for range 2 {
					if c.push(frame("m")) == ErrSlow {
						refused++
					}
				}
			})
		}
		x.Go("task", func() {
			task := new(testkit.Sleeper)
			for { // the socket takes nothing
				c.waker.Register(task.Context().Waker())
				if c.some.Load() {
					if _, cut := c.ended(); cut {
						c.end(ErrSlow)
						return
					}
				}
				task.Wait()
			}
		})
		x.Finally(func() { x.Assert(refused == 1, "%d publishers were told", refused) })
	})
}

// block polls an operation to its end.
func block[T any](f future.Future[T]) (T, error) {
	task := new(testkit.Sleeper)
	for {
		if p := f.Poll(task.Context()); p.IsReady() {
			return p.Result()
		}
		task.Wait()
	}
}

// Publishers that wait for room are woken when there is some, and when the connection ends.
func TestModelSendWait(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		c := newConn(x, Wait, 3)
		x.Assert(c.push(frame("m")) == nil, "no room in an empty queue")
		p := &Prepared{op: wire.Text, plain: frame("m")}
		accepted := 0
		for range 2 {
			x.Go("publisher", func() {
				op := c.SendWait(p)
				if _, err := block[future.Unit](&op); err == nil {
					accepted++
				}
			})
		}
		x.Go("task", func() {
			task := new(testkit.Sleeper)
			for n := 0; n < 2; {
				c.waker.Register(task.Context().Waker())
				if !c.some.Load() {
					task.Wait()
					continue
				}
				if out := c.first(nil); len(out) > 0 {
					n++
					c.sent(len(out))
				} else {
					c.sent(0)
				}
			}
			c.end(ErrClosed)
		})
		x.Finally(func() { x.Assert(accepted >= 1, "%d were accepted", accepted) })
	})
}

// One who gives up waiting leaves nothing behind, and costs the other nothing.
func TestModelSendWaitGivenUp(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		c := newConn(x, Wait, 3)
		x.Assert(c.push(frame("m")) == nil, "no room in an empty queue")
		p := &Prepared{op: wire.Text, plain: frame("m")}
		x.Go("gives up", func() {
			op := c.SendWait(p)
			if op.Poll(new(testkit.Sleeper).Context()).IsPending() {
				op.Drop()
			}
		})
		x.Go("publisher", func() {
			op := c.SendWait(p)
			block[future.Unit](&op)
		})
		x.Go("task", func() {
			c.sent(len(c.first(nil)))
			c.sent(len(c.first(nil)))
			c.sent(len(c.first(nil)))
			c.end(ErrClosed)
		})
		x.Finally(func() { x.Assert(c.waiting.Closed(), "somebody is left in line") })
	})
}

// A receiver gets all messages, and then why it has ended; a task that was refused goes on when there is room.
func TestModelInbox(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		c := newConn(x, Wait, 3)
		c.inbox = new(inbox)
		got, half := 0, make([]byte, maxInbox/2)
		var end error
		x.Go("receiver", func() {
			for {
				op := c.Receive()
				if _, err := block[Message](&op); err != nil {
					end = err
					return
				}
				got++
			}
		})
		x.Go("task", func() {
			task := new(testkit.Sleeper)
			for n := 0; n < 3; {
				c.waker.Register(task.Context().Waker())
				if !c.inbox.hasRoom() {
					task.Wait()
					continue
				}
				n++
				c.inbox.put(Message{wire.Binary, half})
			}
			c.inbox.end(ErrNoWord)
			for { // the answer to a close frame waits for that
				c.waker.Register(task.Context().Waker())
				if c.inbox.isTold() {
					break
				}
				task.Wait()
			}
		})
		x.Finally(func() { x.Assert(got == 3 && end == ErrNoWord, "%d messages, %v", got, end) })
	})
}

// A message reaches each member that was there before; who joins or leaves meanwhile gets it once or not.
func TestModelBroadcast(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		var g Group
		stays, goes, comes := newConn(x, Drop, 1000), newConn(x, Drop, 1000), newConn(x, Drop, 1000)
		g.Add(stays)
		g.Add(goes)
		n := 0
		x.Go("publisher", func() { n = g.Broadcast(&Prepared{op: wire.Text, plain: frame("m")}) })
		x.Go("goes", func() { g.Remove(goes); goes.end(ErrClosed) })
		x.Go("comes", func() { g.Add(comes) })
		x.Finally(func() {
			x.Assert(len(stays.queue) == 1 && len(comes.queue) <= 1 && n <= 3, "%d and %d frames", len(stays.queue), len(comes.queue))
			x.Assert(g.Len() == 2, "%d members", g.Len())
		})
	})
}
