//go:build !race && linux && !portable

package netio_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// A round trip whose reads all wait first, with deadlines, by operations that are used
// again: nothing is allocated.
func TestOpsDoNotAllocate(t *testing.T) {
	client, server := pair(t)
	mustSet(t, client.SetDeadline, time.Now().Add(time.Hour))
	woken := make(chan struct{}, 1)
	cx := waker.FromWaker(waker.FromFunc(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	}))
	var read netio.ReadOp
	var write netio.WriteAllOp
	p := make([]byte, 64)
	message := make([]byte, 64)
	oneWay := func(from, to *netio.Conn) {
		read = to.Read(p)
		if read.Poll(&cx).IsReady() {
			t.Fatal("there is data already")
		}
		write = from.WriteAll(message)
		if r := write.Poll(&cx); !r.IsReady() || r.Err() != nil {
			t.Fatal("the write did not go through")
		}
		for {
			<-woken
			if r := read.Poll(&cx); r.IsReady() {
				if n, err := r.Result(); n != len(message) || err != nil {
					t.Fatal(n, err)
				}
				return
			}
		}
	}
	if n := testing.AllocsPerRun(200, func() {
		oneWay(client, server)
		oneWay(server, client)
		mustSet(t, client.SetReadDeadline, time.Now().Add(time.Hour))
	}); n != 0 {
		t.Errorf("%v allocations a round trip", n)
	}
}

func TestStreamsDoNotAllocate(t *testing.T) {
	client, server := pair(t)
	go func() { _, _ = future.BlockOn[future.Unit](&echo{conn: server}) }()
	n, err := future.BlockOn(future.Async(func(co *future.Co) (float64, error) {
		s := netio.NewStream(co, client)
		defer s.Close()
		p := make([]byte, 64)
		return testing.AllocsPerRun(200, func() {
			if _, err := s.Write(p); err != nil {
				t.Error(err)
			}
			if _, err := s.Read(p); err != nil {
				t.Error(err)
			}
		}), nil
	}))
	if n != 0 || err != nil {
		t.Errorf("%v allocations a round trip, %v", n, err)
	}
}

func TestGoConnDoesNotAllocate(t *testing.T) {
	a, b := goPair(t)
	var echoed sync.WaitGroup
	echoed.Go(func() {
		buf := make([]byte, 16)
		for {
			n, err := b.Read(buf)
			if err != nil {
				return
			}
			if _, err := b.Write(buf[:n]); err != nil {
				return
			}
		}
	})
	buf := make([]byte, 16)
	n := testing.AllocsPerRun(200, func() {
		if _, err := a.Write(buf[:4]); err != nil {
			t.Error(err)
		}
		if _, err := a.Read(buf); err != nil {
			t.Error(err)
		}
	})
	if n >= 1 {
		t.Errorf("%v allocations a round trip", n)
	}
	if err := a.CloseWrite(); err != nil {
		t.Error(err)
	}
	echoed.Wait()
}

// Files in memory, several buffers: nothing is allocated.
func TestBulkOpsDoNotAllocate(t *testing.T) {
	client, server := pair(t)
	f, _ := fileOf(t, 10_000)
	var send netio.SendFileOp
	var write netio.WriteBuffersOp
	var read netio.ReadBuffersOp
	a, b := make([]byte, 5_000), make([]byte, 5_000)
	bufs := make([][]byte, 2)
	cx := waker.FromWaker(waker.Noop())
	drain := func() {
		for left := 10_000; left > 0; {
			bufs[0], bufs[1] = a, b
			read = server.ReadBuffers(bufs)
			if n, err := read.Poll(&cx).Result(); err != nil {
				t.Fatal(err)
			} else {
				left -= n
			}
		}
	}
	if n := testing.AllocsPerRun(200, func() {
		send = client.SendFile(f, 0, 10_000)
		if p := send.Poll(&cx); p.IsPending() {
			t.Fatal("it waits")
		}
		drain()
		bufs[0], bufs[1] = a, b
		write = client.WriteBuffers(bufs)
		if p := write.Poll(&cx); p.IsPending() {
			t.Fatal("it waits")
		}
		drain()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Rounds of 1 MB through the pipe, and of 100 bytes through the buffer: nothing is allocated.
func TestSpliceDoesNotAllocate(t *testing.T) {
	client, front := pair(t)
	back, server := pair(t)
	cx := waker.FromWaker(waker.Noop())
	op := netio.SpliceBoth(front, back)
	room := make([]byte, 1<<20)
	round := func(data []byte) {
		for left, unsent := len(data), data; left > 0; {
			if n, err := client.TryWrite(unsent); err == nil {
				unsent = unsent[n:]
			}
			if p := op.Poll(&cx); p.IsReady() {
				t.Fatal(p.Result())
			}
			if n, err := server.TryRead(room); err == nil {
				left -= n
			}
		}
	}
	big, small := bytes.Repeat([]byte("x"), 1<<20), []byte("text")
	if n := testing.AllocsPerRun(10, func() { round(big); round(small) }); n >= 1 {
		t.Errorf("%v allocations a round", n)
	}
	op.Drop()
}

// Datagrams there and back, one by one and several at once, whose reads all wait first: nothing is allocated.
func TestPacketsDoNotAllocate(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		p, err := netio.ListenPacket("udp", address)
		if err != nil {
			t.Skip(err)
		}
		defer p.Close()
		woken := make(chan struct{}, 1)
		cx := waker.FromWaker(waker.FromFunc(func() {
			select {
			case woken <- struct{}{}:
			default:
			}
		}))
		var read netio.ReadFromOp
		var peek netio.PeekFromOp
		var write netio.WriteToOp
		var reads, writes netio.BatchOp
		to := p.LocalAddr().AddrPort()
		data := make([]byte, 64)
		in, out := make([]netio.Packet, 20), make([]netio.Packet, 20)
		for i := range in {
			in[i].Data, out[i].Data, out[i].Addr = make([]byte, 64), data, to
		}
		if n := testing.AllocsPerRun(100, func() {
			if read = p.ReadFrom(data); read.Poll(&cx).IsReady() {
				t.Fatal("there is one already")
			}
			if write = p.WriteTo(data, to); write.Poll(&cx).Err() != nil {
				t.Fatal("not written")
			}
			for <-woken; read.Poll(&cx).IsPending(); <-woken {
			}
			if n, err := p.TryWriteTo(data, to); n != len(data) || err != nil {
				t.Fatal(n, err)
			}
			for peek = p.PeekFrom(data); peek.Poll(&cx).IsPending(); <-woken {
			}
			if got, err := p.TryReadFrom(data); got.N != len(data) || err != nil {
				t.Fatal(got, err)
			}
			for sent, got := 0, 0; got < len(out); {
				if sent == 0 {
					writes = p.WriteBatch(out)
					sent, _ = writes.Poll(&cx).Result()
				}
				reads = p.ReadBatch(in)
				r := reads.Poll(&cx)
				for ; r.IsPending(); r = reads.Poll(&cx) {
					<-woken
				}
				n, _ := r.Result()
				got += n
			}
		}); n >= 1 {
			t.Errorf("%v allocations", n)
		}
	}
}

// Datagrams that are joined, with the address that they come to: nothing is allocated.
func TestJoinedPacketsDoNotAllocate(t *testing.T) {
	p := packetConn(t, "udp4", "127.0.0.1:0")
	offloads(t, p, true, true)
	if err := p.SetPacketInfo(true); err != nil {
		t.Fatal(err)
	}
	cx := waker.FromWaker(waker.Noop())
	out := sized(p, 1000, 1000, 1000, 300)
	for i := range out {
		out[i].Local = p.LocalAddr().AddrPort().Addr()
	}
	in := []netio.Packet{{Data: make([]byte, 64<<10)}}
	var writes, reads netio.BatchOp
	if n := testing.AllocsPerRun(100, func() {
		writes = p.WriteBatch(out)
		if n, err := writes.Poll(&cx).Result(); n != len(out) || err != nil {
			t.Fatal(n, err)
		}
		reads = p.ReadBatch(in)
		if n, err := reads.Poll(&cx).Result(); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		n := 0
		for d := range in[0].Datagrams() {
			n += len(d)
		}
		if n != 3300 || !in[0].Local.IsValid() {
			t.Fatal(n, in[0].Local)
		}
	}); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}
