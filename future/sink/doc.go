// Package sink is where values go one after another: a [Sink] is to sending what a [future.Stream] is to receiving.
// The sender of a channel (coord.Sender.Sink), frames for a connection (codec.FramedWrite) and for datagrams
// (datagram.Framed) are sinks.
//
//	out := sink.Map(conn, json.Marshal) // conn takes []byte
//	if _, err := sink.Send(out, answer).Await(co); err != nil {
//		return err
//	}
//	_, err := sink.Forward(answers, out).Await(co) // all of a stream, and then the end
//
// # How a sink is used
//
// [Send] waits until one value is taken and flushed, [Feed] until it is taken, [Flush] until all that was taken has gone
// where it should, and [Close] until its end has, too. [SendAll] and [Forward] send what a stream has. Each is an
// operation by value (see [future.Op]) that allocates nothing.
//
// # The rules
//
// They are those of [Sink], and these:
//
//   - A function here that returns a sink owns those that it is given: to drop it drops them. Operations borrow, but for
//     [Forward]. A sink that has been dropped fails with [future.ErrClosed].
//   - A value is the caller's until Put has taken it, and the sink's from then on: what it can no longer send it discards (see
//     [future.Discard]). One that a function of yours was called with is that function's.
//   - The functions that it is given run inside the poll. They must not block, and not use the sink.
//   - A sink is made with one allocation, and then takes none for a value.
//
// Rejected: an interface of one method that sends and waits at once. Who waits for two sinks ([Fanout]) then has no way to
// hold back the value from the one that has room, and a value of which a sink has taken notice is lost when its wait is given up.
package sink
