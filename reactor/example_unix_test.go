//go:build (linux || darwin || freebsd) && !portable

package reactor_test

import (
	"fmt"
	"os"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// pipe is the reading end of one, in the care of a reactor.
type pipe struct{ src reactor.Source }

// read is the way that every operation on a descriptor goes.
func (p *pipe) read(cx *waker.Context, buf []byte) future.Poll[int] {
	for {
		mark, ready := p.src.Ready(reactor.Read)
		if ready {
			if !cx.Spend() {
				return future.Pending[int]()
			}
			if !p.src.Enter() { // it is closed
				return future.Failed[int](os.ErrClosed)
			}
			n, err := syscall.Read(p.src.FD(), buf)
			p.src.Leave()
			if err != syscall.EAGAIN {
				return future.Done(n, err)
			}
			p.src.WouldBlock(reactor.Read, mark)
		}
		if parked, err := p.src.Park(cx, reactor.Read); err != nil {
			return future.Failed[int](err)
		} else if parked {
			return future.Pending[int]()
		}
	}
}

func ExampleSource() {
	var fd [2]int
	if err := syscall.Pipe(fd[:]); err != nil {
		fmt.Println(err)
		return
	}
	if err := syscall.SetNonblock(fd[0], true); err != nil {
		fmt.Println(err)
		return
	}
	p := new(pipe)
	p.src.Init(fd[0])
	defer p.src.Close()

	go func() {
		syscall.Write(fd[1], []byte("through a pipe"))
		syscall.Close(fd[1])
	}()
	buf := make([]byte, 64)
	n, err := future.BlockOn(future.Func(func(cx *waker.Context) future.Poll[int] { return p.read(cx, buf) }))
	fmt.Println(string(buf[:n]), err)
	// Output: through a pipe <nil>
}
