package aio_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
)

// What is zero or nil and can do nothing panics and says what it is.
func TestZeroValues(t *testing.T) {
	cx := new(counting).context()
	for _, e := range []*aio.DuplexEnd{nil, new(aio.DuplexEnd)} {
		mustPanic(t, func() { e.PollRead(cx, nil) }, "a nil or zero DuplexEnd: Duplex makes them")
		mustPanic(t, func() { e.PollWrite(cx, nil) }, "DuplexEnd")
		mustPanic(t, func() { e.WriteAll(nil) }, "DuplexEnd")
		mustPanic(t, func() { _ = e.Close() }, "DuplexEnd")
	}
	for _, r := range []*aio.PipeReader{nil, new(aio.PipeReader)} {
		mustPanic(t, func() { r.Read(nil) }, "a nil or zero PipeReader: Simplex makes them")
		mustPanic(t, func() { _ = r.Close() }, "PipeReader")
	}
	for _, w := range []*aio.PipeWriter{nil, new(aio.PipeWriter)} {
		mustPanic(t, func() { w.Write(nil) }, "a nil or zero PipeWriter: Simplex makes them")
		mustPanic(t, func() { w.Drop() }, "PipeWriter")
	}
	for _, b := range []*aio.BufReader{nil, new(aio.BufReader)} {
		mustPanic(t, func() { b.PollRead(cx, nil) }, "a nil or zero BufReader: NewBufReader makes them")
		mustPanic(t, func() { b.ReadLine(1) }, "BufReader")
	}
	for _, b := range []*aio.BufWriter{nil, new(aio.BufWriter)} {
		mustPanic(t, func() { b.PollWrite(cx, nil) }, "a nil or zero BufWriter: NewBufWriter makes them")
		mustPanic(t, func() { b.Flush() }, "BufWriter")
	}
	mustPanic(t, func() { new(aio.SinkWriter).PollWrite(cx, nil) }, "a nil or zero SinkWriter: ToSink makes them")
	mustPanic(t, func() { new(aio.Taking).PollRead(cx, nil) }, "Taking")
	mustPanic(t, func() { new(aio.BlockingReader).PollRead(cx, nil) }, "BlockingReader")
	mustPanic(t, func() { new(aio.BlockingWriter).PollWrite(cx, nil) }, "BlockingWriter")
	mustPanic(t, func() { _, _ = new(aio.CoReader).Read(nil) }, "CoReader")
	mustPanic(t, func() { _, _ = new(aio.CoWriter).Write(nil) }, "CoWriter")
}

func TestNilArguments(t *testing.T) {
	for name, f := range map[string]func(){
		"Read":              func() { aio.Read(nil, nil) },
		"ReadFull":          func() { aio.ReadFull(nil, nil) },
		"ReadAll":           func() { aio.ReadAll(nil, 1) },
		"Write":             func() { aio.Write(nil, nil) },
		"WriteAll":          func() { aio.WriteAll(nil, nil) },
		"WriteVectored":     func() { aio.WriteVectored(nil, nil) },
		"Flush":             func() { aio.Flush(nil) },
		"Copy":              func() { aio.Copy(nil, aio.Empty, nil) },
		"CopyBidirectional": func() { aio.CopyBidirectional(nil, nil) },
		"NewBufReader":      func() { aio.NewBufReader(nil, 0) },
		"NewBufWriter":      func() { aio.NewBufWriter(nil, 0) },
		"Take":              func() { aio.Take(nil, 0) },
		"Inspect":           func() { aio.Inspect(aio.Empty, nil) },
		"Split":             func() { aio.Split(nil) },
		"Join":              func() { aio.Join(nil, nil) },
		"FromReader":        func() { aio.FromReader(nil) },
		"NewBlockingReader": func() { aio.NewBlockingReader(nil, nil) },
		"ToSink":            func() { aio.ToSink(nil) },
		"LendToSink":        func() { aio.LendToSink(nil) },
		"NewCoReader":       func() { aio.NewCoReader(nil, aio.Empty) },
	} {
		mustPanic(t, f, "aio: "+name+" with a nil ")
	}
	mustPanic(t, func() { aio.NewBufReader(aio.Empty, -1) }, "NewBufReader with a size of -1")
	mustPanic(t, func() { aio.NewBufWriter(aio.Sink, -1) }, "NewBufWriter with a size of -1")
}

// An operation answers once, and a zero one never.
func TestOperationsThatHaveEnded(t *testing.T) {
	cx := new(counting).context()
	mustPanic(t, func() { new(aio.ReadOp).Poll(cx) }, "a ReadOp polled after Ready")
	mustPanic(t, func() { new(aio.ReadFullOp).Poll(cx) }, "a ReadFullOp polled after Ready")
	mustPanic(t, func() { new(aio.ReadAllOp).Poll(cx) }, "a ReadAllOp polled after Ready")
	mustPanic(t, func() { new(aio.WriteOp).Poll(cx) }, "a WriteOp polled after Ready")
	mustPanic(t, func() { new(aio.WriteVectoredOp).Poll(cx) }, "a WriteVectoredOp polled after Ready")
	mustPanic(t, func() { new(aio.FlushOp).Poll(cx) }, "a FlushOp polled after Ready")
	mustPanic(t, func() { new(aio.CopyOp).Poll(cx) }, "a CopyOp polled after Ready")
	mustPanic(t, func() { new(aio.CopyBidirectionalOp).Poll(cx) }, "a CopyBidirectionalOp polled after Ready")
	mustPanic(t, func() { new(aio.PeekOp).Poll(cx) }, "a PeekOp polled after Ready")
	mustPanic(t, func() { new(aio.ByteOp).Poll(cx) }, "a ByteOp polled after Ready")
	mustPanic(t, func() { new(aio.ReadUntilOp).Poll(cx) }, "a ReadUntilOp polled after Ready")
	for _, d := range []future.Dropper{
		new(aio.ReadOp), new(aio.ReadFullOp), new(aio.ReadAllOp), new(aio.WriteOp), new(aio.WriteAllOp), new(aio.WriteVectoredOp),
		new(aio.FlushOp), new(aio.CopyOp), new(aio.CopyBidirectionalOp), new(aio.PeekOp), new(aio.ByteOp), new(aio.ReadUntilOp),
	} {
		d.Drop() // does nothing
	}
}

// An operation that is given up takes its waker back, through whatever the stream is wrapped in.
func TestDropTakesTheWakerBack(t *testing.T) {
	cx := new(counting).context()
	for name, make := range map[string]func(s *script) future.Future[int]{
		"Read":  func(s *script) future.Future[int] { return future.Box[int](aio.Read(s, make([]byte, 4))) },
		"Take":  func(s *script) future.Future[int] { return future.Box[int](aio.Read(aio.Take(s, 9), make([]byte, 4))) },
		"Chain": func(s *script) future.Future[int] { return future.Box[int](aio.Read(aio.Chain(s), make([]byte, 4))) },
		"Buffer": func(s *script) future.Future[int] {
			return future.Box[int](aio.NewBufReader(s, 8).Read(make([]byte, 4)))
		},
		"Join":  func(s *script) future.Future[int] { return future.Box[int](aio.Read(aio.Join(s, s), make([]byte, 4))) },
		"Write": func(s *script) future.Future[int] { return future.Box[int](aio.Write(s, make([]byte, 4))) },
		"to a buffer": func(s *script) future.Future[int] {
			return future.Box[int](aio.NewBufWriter(s, 2).Write(make([]byte, 4)))
		},
		"Inspect": func(s *script) future.Future[int] {
			return future.Box[int](aio.Read(aio.Inspect(s, func([]byte) {}), make([]byte, 4)))
		},
		"InspectWriter": func(s *script) future.Future[int] {
			return future.Box[int](aio.Write(aio.InspectWriter(s, func([]byte) {}), make([]byte, 4)))
		},
	} {
		s := &script{reads: []any{pending{}}, writes: []any{pending{}}}
		f := make(s)
		if f.Poll(cx).IsReady() {
			t.Fatal("ready")
		}
		future.Drop(f)
		if s.forgot != 1 {
			t.Errorf("%s: forgotten %d times", name, s.forgot)
		}
	}
}
