package netio

import "github.com/magpie-go/magpie/reactor"

// ForgetRead gives back the waker that the last [Conn.PollRead] has left, for a future that calls that itself and gives up
// waiting: else it is kept until something arrives. A [ReadOp] does so itself, and one that waits is left alone.
// The task that reads calls it.
func (c *Conn) ForgetRead() {
	c.check()
	c.forgetPoll(reactor.Read)
}

// ForgetWrite is to writing what [Conn.ForgetRead] is to reading.
func (c *Conn) ForgetWrite() {
	c.check()
	c.forgetPoll(reactor.Write)
}

func (e *endpoint) forgetPoll(d reactor.Direction) {
	if !e.isClosed() && !e.turns.claimed(d) {
		e.forget(d)
	}
}

// ForgetRead is [Conn.ForgetRead].
func (r *Reader) ForgetRead() { r.Conn().ForgetRead() }

// ForgetWrite is [Conn.ForgetWrite].
func (w *Writer) ForgetWrite() { w.Conn().ForgetWrite() }

// CloseWrite is Close: it tells the peer that nothing more comes.
func (w *Writer) CloseWrite() error { return w.Close() }
