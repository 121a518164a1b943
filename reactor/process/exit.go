package process

import (
	"os"
	"os/exec"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of an exit.
//
// A child that has ended is a zombie until exec.Cmd.Wait has returned, which may take its time, as it waits for those who copy
// what the child has written, too. So a goroutine calls it, once:
//
//	running   nobody has called Wait; the descriptor that tells of the end is watched, if there is one
//	reaping   a goroutine is in it: the descriptor has told, or there is none, or nobody wants to know
//	over      state and err are there, and stay
//
// Only a compare-and-swap leads to reaping, so there is one goroutine. It sets over and then wakes; who waits leaves
// its waker and then looks.
//
// Rejected: waiting in the poll. The child's end is known by then, but not that of those who copy.
type exit struct {
	stage word.Uint32
	state *os.ProcessState
	err   error
	waker waker.AtomicWaker
	watched
}

const (
	running uint32 = iota
	reaping
	over
)

func (e *exit) over() bool { return e.stage.Load() == over }

// reap has a goroutine wait for the child, unless there is one.
func (e *exit) reap(cmd *exec.Cmd) {
	if !e.stage.CompareAndSwap(running, reaping) {
		return
	}
	go func() {
		e.err = cmd.Wait()
		e.state = cmd.ProcessState
		e.stage.Store(over)
		wake.Cell(&e.waker, nil)
	}()
}

// poll is ready when the child has ended.
func (e *exit) poll(cx *waker.Context, cmd *exec.Cmd) future.Poll[*os.ProcessState] {
	if e.stage.Load() == running {
		ended, err := e.ended(cx)
		if !ended && err == nil {
			return future.Pending[*os.ProcessState]()
		}
		e.reap(cmd) // after an error the goroutine waits for the end, too
	}
	if !e.over() {
		e.waker.Register(cx.Waker())
		if !e.over() {
			return future.Pending[*os.ProcessState]()
		}
	}
	if !cx.Spend() {
		return future.Pending[*os.ProcessState]()
	}
	e.unwatch()
	e.forget()
	return future.Done(e.state, e.err)
}

// forget takes back the waker of who gives up waiting.
func (e *exit) forget() {
	wake.Forget(&e.waker)
}

// Wait returns an operation that comes to how the child has ended, with an error as exec.Cmd.Wait has it: an
// *exec.ExitError beside the state if that is no success. It may be awaited again, also after it was ready, by one task at a
// time. It does not close the pipes: what the child has written may be read after its end.
//
// Dropped, it leaves the child running.
func (p *Process) Wait() WaitOp {
	p.check()
	return WaitOp{p}
}

// WaitOp is the wait for the end of a child, made by [Process.Wait]. See [future.Op].
type WaitOp struct{ p *Process }

func (o *WaitOp) check() {
	if o == nil || o.p == nil {
		panic("process: WaitOp polled after Ready (or after Drop), or a nil or zero one: make another with Process.Wait")
	}
}

// Poll implements future.Future.
func (o *WaitOp) Poll(cx *waker.Context) future.Poll[*os.ProcessState] {
	o.check()
	r := o.p.exit.poll(cx, o.p.cmd)
	if r.IsReady() {
		o.p = nil
	}
	return r
}

// Drop implements future.Dropper.
func (o *WaitOp) Drop() {
	if o != nil && o.p != nil {
		o.p.exit.forget()
		o.p.exit.stopWaiting()
		o.p = nil
	}
}

// Await waits for the end, see [future.Await].
func (o WaitOp) Await(co *future.Co) (*os.ProcessState, error) { return future.AwaitOp(co, o) }
