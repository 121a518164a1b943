package datagram_test

import (
	"io"
	"net"
	"net/netip"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/codec"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/reactor/datagram"
	"github.com/magpie-go/magpie/reactor/netio"
)

var (
	_ sink.Sink[datagram.Message[[]byte]]     = (*datagram.Framed[int, []byte])(nil)
	_ future.Stream[datagram.Message[[]byte]] = (*datagram.Framed[[]byte, int])(nil)
	_ datagram.Conn                           = (*netio.PacketConn)(nil)
)

// Datagrams as they are, over sockets; one without any bytes is a frame, too.
func TestFramedOverUDP(t *testing.T) {
	a, aAddr := socket(t)
	b, bAddr := socket(t)
	out, in := datagram.NewFramed(a, datagram.Whole{}), datagram.NewFramed(b, datagram.Whole{})
	for _, frame := range []string{"4567", ""} {
		both, err := run[future.Pair[future.Unit, datagram.Message[[]byte]]](
			future.Join(out.Send([]byte(frame), bAddr), future.Next(in)))
		if err != nil || string(both.Second.Frame) != frame || both.Second.Addr != aAddr {
			t.Fatalf("%q of %v, %v", both.Second.Frame, both.Second.Addr, err)
		}
	}
}

// The frames of one datagram come one after another, with its sender.
func TestFramedLinesOverUDP(t *testing.T) {
	a, aAddr := socket(t)
	b, bAddr := socket(t)
	must(t, datagram.NewFramedWrite(a, datagram.Whole{}).Send([]byte("1\r\n2\r\n3\r\n"), bAddr))
	in := datagram.NewFramed(b, new(codec.Lines))
	for _, line := range []string{"1", "2", "3"} {
		comes(t, in, aAddr.Port(), line)
	}
}

// The two directions of one socket, each with a codec of its own.
func TestFramedHalvesOverUDP(t *testing.T) {
	c, addr := socket(t)
	out, in := datagram.NewFramedWrite(c, datagram.Whole{}), datagram.NewFramedRead(c, new(codec.Lines))
	must(t, out.Send([]byte("1\r\n2\r\n3\r\n"), addr))
	must(t, out.Send([]byte("4\r\n5\r\n6\r\n"), addr))
	for _, line := range []string{"1", "2", "3", "4", "5", "6"} {
		comes(t, in, addr.Port(), line)
	}
}

// A connected socket sends to its peer.
func TestFramedConnected(t *testing.T) {
	server, addr := socket(t)
	c, err := netio.DialPacket("udp4", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	must(t, datagram.NewFramed(c, new(codec.Lines)).Send([]byte("hello"), netip.AddrPort{}))
	comes(t, datagram.NewFramed(server, new(codec.Lines)), c.LocalAddr().AddrPort().Port(), "hello")
}

// Each datagram is decoded by itself: what is wrong with one is its own, and nothing of it goes on in the next one.
func TestFramedReadDatagramsByThemselves(t *testing.T) {
	s := &script{reads: []any{
		from(1, "one\ntwo"), pending{}, from(2, ""), from(3, "three\n"),
		from(4, "a line that is too long"), from(5, "four"), from(6, "a line that is too long\nfive\n"),
	}}
	f := datagram.NewFramedRead(s, &codec.Lines{Max: 5})
	comes(t, f, 1, "one")
	comes(t, f, 1, "two")
	comes(t, f, 3, "three") // an empty one has no lines
	comes(t, f, 4, codec.ErrTooLong)
	comes(t, f, 5, "four")
	comes(t, f, 6, codec.ErrTooLong)
	comes(t, f, 6, "five")

	s = &script{reads: []any{
		from(1, "\x00\x00\x00\x01a\x00\x00\x00\x05bc"), from(2, "\x00\x00\x00\x01d"),
		from(3, "\xff\xff\xff\xff\x00\x00\x00\x00"), from(4, "\x00\x00\x00\x00"),
	}}
	g := datagram.NewFramedRead(s, new(codec.LengthDelimited))
	comes(t, g, 1, "a")
	comes(t, g, 1, io.ErrUnexpectedEOF)
	comes(t, g, 2, "d")
	comes(t, g, 3, codec.ErrTooLong) // and what stands behind it is left
	comes(t, g, 4, "")
}

// A datagram that is longer than the limit is an error, and those after it are not.
func TestFramedReadLimit(t *testing.T) {
	s := &script{reads: []any{from(1, "12345"), from(2, "123456"), from(3, "1")}}
	f := datagram.NewFramedRead(s, datagram.Whole{})
	f.SetLimit(5)
	comes(t, f, 1, "12345")
	comes(t, f, 2, codec.ErrTooLong)
	f.SetLimit(1)
	comes(t, f, 3, "1")
	mustPanic(t, func() { f.SetLimit(0) }, "datagram: SetLimit to 0 bytes; pass 1 or more")
}

// Several datagrams that have come as one are taken apart; of those only the last one can be cut.
func TestFramedReadSegments(t *testing.T) {
	several := func(port uint16, data string) netio.Packet {
		p := from(port, data)
		p.Segment = 4
		return p
	}
	s := &script{reads: []any{several(1, "a\nb\nc\nd\nef"), several(2, "a234b234c2")}}
	f := datagram.NewFramedRead(s, new(codec.Lines))
	for _, line := range []string{"a", "b", "c", "d", "ef"} {
		comes(t, f, 1, line)
	}
	f.SetLimit(9)
	comes(t, f, 2, "a234")
	comes(t, f, 2, "b234")
	comes(t, f, 2, codec.ErrTooLong)
}

// After an error of the socket the stream goes on, and it ends when that is closed.
func TestFramedReadErrors(t *testing.T) {
	s := &script{reads: []any{errBroken, from(1, "one"), net.ErrClosed}}
	f := datagram.NewFramedRead(s, datagram.Whole{})
	comes(t, f, 0, errBroken)
	comes(t, f, 1, "one")
	comes(t, f, 0, net.ErrClosed)
	comes(t, f, 0, future.ErrEnd)
	comes(t, f, 0, future.ErrEnd)

	s = &script{reads: []any{from(1, "one\ntwo\n")}}
	g := datagram.NewFramedRead(s, new(codec.Lines))
	comes(t, g, 1, "one")
	g.StopWaiting()
	if g.Drop(); s.forgot != 2 {
		t.Errorf("forgot %d times", s.forgot)
	}
	comes(t, g, 0, future.ErrEnd)
}

// Many frames of one datagram let other tasks run.
func TestFramedReadKeepsTheBudget(t *testing.T) {
	f := datagram.NewFramedRead(&script{reads: []any{from(1, "1\n2\n3\n4\n")}}, new(codec.Lines))
	comes(t, f, 1, "1")
	cx := context(2)
	for range 2 {
		if f.PollNext(cx).IsPending() {
			t.Fatal("pending within the budget")
		}
	}
	if f.PollNext(cx).IsReady() {
		t.Error("ready, and the budget is used up")
	}
	comes(t, f, 1, "4")
}

// So do flushes of nothing.
func TestFlushKeepsTheBudget(t *testing.T) {
	f := datagram.NewFramedWrite(&script{}, new(codec.Lines))
	cx := context(2)
	for range 2 {
		if f.PollFlush(cx).IsPending() {
			t.Fatal("pending within the budget")
		}
	}
	if f.PollFlush(cx).IsReady() {
		t.Error("ready, and the budget is used up")
	}
}

// A datagram is held until the flush, or until the next one is taken.
func TestFramedWrite(t *testing.T) {
	s := &script{writes: []any{pending{}}}
	f := datagram.NewFramedWrite(s, new(codec.Lines))
	must(t, sink.Feed[datagram.Message[[]byte]](f, datagram.Message[[]byte]{Frame: []byte("one"), Addr: peer(1)}))
	wantSent(t, s)
	must(t, f.Send([]byte("two"), peer(2)))
	wantSent(t, s, "one\n to 127.0.0.1:1", "two\n to 127.0.0.1:2")
	must(t, sink.Close[datagram.Message[[]byte]](f))
	empty := datagram.NewFramedWrite(s, datagram.Whole{})
	must(t, empty.Send(nil, peer(3)))
	if len(s.sent) != 3 {
		t.Error("one without any bytes was not sent")
	}
}

// What cannot be sent is one error, and the sink goes on.
func TestFramedWriteErrors(t *testing.T) {
	s := &script{writes: []any{errBroken, 2}}
	f := datagram.NewFramedWrite(s, new(codec.Lines))
	for _, want := range []error{errBroken, io.ErrShortWrite} {
		if _, err := run[future.Unit](f.Send([]byte("one"), peer(1))); err != want {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if _, err := run[future.Unit](f.Send([]byte("t\nwo"), peer(1))); err == nil {
		t.Error("two lines as one frame were sent")
	}
	must(t, f.Send([]byte("three"), peer(1)))
	wantSent(t, s, "three\n to 127.0.0.1:1")
}

// A send that is given up leaves its datagram to the next flush, and takes its waker back.
func TestFramedWriteGivenUp(t *testing.T) {
	s := &script{writes: []any{pending{}}}
	f := datagram.NewFramedWrite(s, datagram.Whole{})
	op := f.Send([]byte("one"), peer(1))
	if op.Poll(context(9)).IsReady() {
		t.Fatal("ready")
	}
	mustPanic(t, func() { _ = f.Put(datagram.Message[[]byte]{}) }, "datagram: Put into a FramedWrite that has no room")
	if op.Drop(); !op.Fed() || s.forgot != 1 {
		t.Errorf("fed %v, forgot %d times", op.Fed(), s.forgot)
	}
	must(t, sink.Flush[datagram.Message[[]byte]](f))
	wantSent(t, s, "one to 127.0.0.1:1")
}

// What comes in goes back to its sender: a stream and a sink of the same messages.
func TestFramedEchoes(t *testing.T) {
	s := &script{reads: []any{from(1, "one\ntwo\n"), from(2, "three\n"), net.ErrClosed}}
	f := datagram.NewFramed(s, new(codec.Lines))
	echo := sink.SendAll[datagram.Message[[]byte]](f, stream.Take[datagram.Message[[]byte]](f, 3))
	must(t, echo)
	wantSent(t, s, "one\n to 127.0.0.1:1", "two\n to 127.0.0.1:1", "three\n to 127.0.0.1:2")
}

func TestFramedAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector allocates")
	}
	in := new(again)
	f := datagram.NewFramed(in, new(codec.Lines))
	cx := context(1 << 30)
	var op sink.SendOp[datagram.Message[[]byte]]
	if n := testing.AllocsPerRun(200, func() {
		m, err := f.PollNext(cx).Result()
		if err != nil {
			t.Fatal(err)
		}
		op = f.Send(m.Frame, m.Addr)
		if p := op.Poll(cx); p.IsPending() || p.Err() != nil {
			t.Fatal(p)
		}
	}); n != 0 {
		t.Errorf("%v allocations a frame and its answer", n)
	}
}

func TestMisuse(t *testing.T) {
	var none datagram.Conn
	s := new(script)
	for message, f := range map[string]func(){
		"NewFramed with a nil Conn":          func() { datagram.NewFramed(none, new(codec.Lines)) },
		"NewFramed with a nil Codec":         func() { datagram.NewFramed[int, int](s, nil) },
		"NewFramedRead with a nil Reader":    func() { datagram.NewFramedRead(nil, new(codec.Lines)) },
		"NewFramedRead with a nil Decoder":   func() { datagram.NewFramedRead[int](s, nil) },
		"NewFramedWrite with a nil Writer":   func() { datagram.NewFramedWrite(nil, new(codec.Lines)) },
		"NewFramedWrite with a nil Encoder":  func() { datagram.NewFramedWrite[int](s, nil) },
		"a nil or zero FramedRead":           func() { new(datagram.FramedRead[int]).PollNext(nil) },
		"zero FramedWrite: NewFramedWrite":   func() { new(datagram.FramedWrite[int]).PollReady(nil) },
		"says that it has used 2 of 1 bytes": func() { datagram.NewFramedRead(&script{reads: []any{from(1, "a")}}, liar{}).PollNext(context(9)) },
	} {
		mustPanic(t, f, message)
	}
}

// liar uses more than there is.
type liar struct{}

func (liar) Decode(src []byte, end bool) (int, int, error) { return 0, len(src) + 1, nil }
