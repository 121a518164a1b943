//go:build !portable

package netio

import (
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"

	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"golang.org/x/sys/unix"
)

// canSplice: the system moves bytes between sockets through a pipe.
const canSplice = true

// flowPipe is a pipe that a flow has while there is something in it. In the pool it is empty; the collector, which
// empties the pool, closes it.
type flowPipe struct {
	ends    *pipeEnds
	n       int // bytes in it
	cleanup runtime.Cleanup
}

type pipeEnds struct{ r, w int }

func (p *pipeEnds) close() {
	_ = unix.Close(p.r)
	_ = unix.Close(p.w)
}

var flowPipes sync.Pool

// newFlowPipe returns nil if there are no descriptors left.
func newFlowPipe() *flowPipe {
	if p, _ := flowPipes.Get().(*flowPipe); p != nil {
		return p
	}
	fds, err := pipe()
	if err != nil {
		return nil
	}
	p := &flowPipe{ends: &pipeEnds{fds[0], fds[1]}}
	p.cleanup = runtime.AddCleanup(p, (*pipeEnds).close, p.ends)
	return p
}

// dropPipe gives the pipe up: to the pool if it is empty.
func (f *flow) dropPipe() {
	p := f.pipe
	if p == nil {
		return
	}
	if f.pipe = nil; p.n == 0 {
		flowPipes.Put(p)
		return
	}
	p.cleanup.Stop()
	p.ends.close()
}

// toPipe is one move from the source into the pipe.
func (f *flow) toPipe(cx *waker.Context) error {
	f.src.checkTurn(reactor.Read, &f.read)
	if f.pipe == nil {
		if f.pipe = newFlowPipe(); f.pipe == nil {
			f.big, f.noPipe = false, true
			return nil
		}
	}
	err := f.src.attempt(cx, reactor.Read, &f.read, func(fd int) (verdict, error) {
		n, errno := sys.Splice(f.pipe.ends.w, fd, mostBytes)
		switch {
		case errno == syscall.EAGAIN:
			return blocked, nil
		case errno == syscall.EINVAL:
			f.big, f.noPipe = false, true
			return over, nil
		case errno != 0:
			return over, os.NewSyscallError("splice", errno)
		case n == 0:
			return over, io.EOF
		}
		f.pipe.n = n
		f.big = n >= fewBytes
		return over, nil
	})
	if err == errPending {
		f.src.keepTurn(reactor.Read, &f.read, false)
	}
	if f.pipe.n == 0 {
		f.dropPipe()
	}
	if err == nil || err == errPending || err == io.EOF {
		return err
	}
	return f.src.fail("read", err)
}

// fromPipe is one move from the pipe to the destination.
func (f *flow) fromPipe(cx *waker.Context) error {
	f.dst.checkTurn(reactor.Write, &f.write)
	err := f.dst.attempt(cx, reactor.Write, &f.write, func(fd int) (verdict, error) {
		n, errno := sys.Splice(fd, f.pipe.ends.r, f.pipe.n)
		if errno != 0 {
			return failedCall("splice", errno)
		}
		f.pipe.n -= n
		f.n += int64(n)
		return over, nil
	})
	if err == errPending {
		f.dst.keepTurn(reactor.Write, &f.write, false)
		return err
	}
	if f.pipe.n == 0 {
		f.dropPipe()
	}
	if err != nil {
		return f.dst.fail("write", err)
	}
	return nil
}
