package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// ErrOutputLimit is the error of an [Output] whose command writes more than it may.
var ErrOutputLimit = errors.New("process: the command has written more than its limit")

// Collected is what a command has come to.
type Collected struct {
	Stdout, Stderr []byte
	State          *os.ProcessState // nil if it was not started
}

// Output returns an operation that runs cmd, and comes to what it has written and how it has ended, with an error as
// [Process.Wait] has it. It collects Stdout and Stderr, unless the command says where they go. Of
// each it takes at most limit bytes: a command that writes more is killed, and the error is [ErrOutputLimit].
//
// It is ready when the command has ended and nobody has its pipes any more; a child of the command's may keep them open. With
// cmd.WaitDelay it waits no longer than that after the end, and the error is exec.ErrWaitDelay.
//
// Dropped, it kills the command. It allocates what it collects.
func Output(cmd *exec.Cmd, limit int) OutputOp {
	if cmd == nil || limit < 0 {
		panic(fmt.Sprintf("process: Output of %v with a limit of %d: want a command of exec.Command and how many bytes to collect at most", cmd, limit))
	}
	out, err := cmd.Stdout == nil, cmd.Stderr == nil
	return OutputOp{&outputFuture{
		delay: cmd,
		limit: limit,
		start: Start(cmd, Config{Stdout: out, Stderr: err, KillOnDrop: true}),
	}}
}

// OutputOp is a command being run, by [Output]: a handle, one pointer.
type OutputOp struct{ o *outputFuture }

func (o OutputOp) future() *outputFuture {
	if o.o == nil {
		panic("process: a zero OutputOp: Output makes them")
	}
	return o.o
}

// Poll implements future.Future.
func (o OutputOp) Poll(cx *waker.Context) future.Poll[Collected] { return o.future().Poll(cx) }

// Drop implements future.Dropper.
func (o OutputOp) Drop() { o.future().Drop() }

// Await waits for the end, see [future.Await].
func (o OutputOp) Await(co *future.Co) (Collected, error) {
	return future.Await[Collected](co, o.future())
}

// outputFuture starts, then collects and waits at the same time.
type outputFuture struct {
	start   future.BlockingOp[*Process]
	p       *Process // once started
	wait    WaitOp
	out     [2]collector
	limit   int
	state   *os.ProcessState // once it has ended
	err     error
	delay   *exec.Cmd     // whose WaitDelay it is
	alarm   reactor.Alarm // set after the end, if there is a delay
	stopped bool
}

// collector reads a pipe to its end.
type collector struct {
	from *netio.PipeReader // nil at the end
	data []byte
}

func (o *outputFuture) Poll(cx *waker.Context) future.Poll[Collected] {
	if o.stopped {
		panic("process: an OutputOp polled after Ready (or after Drop); make another one")
	}
	if o.p == nil {
		s := o.start.Poll(cx)
		if s.IsPending() {
			return future.Pending[Collected]()
		}
		p, err := s.Result()
		if err != nil {
			o.stopped = true
			return future.Failed[Collected](err)
		}
		o.p, o.wait = p, p.Wait()
		o.out[0].from, o.out[1].from = p.Stdout, p.Stderr
	}
	open := false
	for i := range o.out {
		more, err := o.out[i].collect(cx, o.limit)
		if err != nil {
			return o.end(err)
		}
		open = open || more
	}
	if o.state == nil {
		w := o.wait.Poll(cx)
		if w.IsPending() {
			return future.Pending[Collected]()
		}
		if o.state, o.err = w.Result(); o.state == nil {
			return o.end(o.err)
		}
		if d := o.delay.WaitDelay; open && d > 0 {
			o.alarm = reactor.NewAlarm(d)
		}
	}
	if !open {
		return o.end(o.err)
	}
	if o.alarm.IsSet() && o.alarm.Poll(cx).IsReady() {
		if o.err == nil {
			o.err = exec.ErrWaitDelay
		}
		return o.end(o.err)
	}
	return future.Pending[Collected]()
}

// collect takes what there is, and reports whether there may be more.
func (c *collector) collect(cx *waker.Context, limit int) (more bool, err error) {
	for c.from != nil {
		// One more than the limit, which tells whether there is more.
		room := min(max(len(c.data), 512)-1, limit-len(c.data)) + 1
		c.data = slices.Grow(c.data, room)
		p := c.from.PollRead(cx, c.data[len(c.data):len(c.data)+room])
		if p.IsPending() {
			return true, nil
		}
		n, err := p.Result()
		c.data = c.data[:len(c.data)+n]
		switch {
		case err == io.EOF:
			c.from = nil
		case err != nil:
			return false, err
		case len(c.data) > limit:
			c.data = c.data[:limit]
			return false, fmt.Errorf("%w of %d bytes", ErrOutputLimit, limit)
		}
	}
	return false, nil
}

// end is the outcome; a command that still runs is killed.
func (o *outputFuture) end(err error) future.Poll[Collected] {
	o.release()
	return future.Done(Collected{o.out[0].data, o.out[1].data, o.state}, err)
}

func (o *outputFuture) Drop() {
	if !o.stopped && o.p == nil {
		o.stopped = true
		o.start.Drop()
		return
	}
	o.release()
}

func (o *outputFuture) release() {
	if o.stopped {
		return
	}
	o.stopped = true
	o.alarm.Drop()
	o.wait.Drop()
	o.p.Drop()
}
