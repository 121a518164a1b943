package signals

import (
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Once returns an operation that comes to the first of these signals that is sent after its first poll. When it
// has come, the signals do again what they did before, unless others wait for them: a second Ctrl-C
// ends a program that the first one was to end, and that does not come to an end. Who wants to be told of
// every signal from now on takes [Notify].
//
// It panics without a signal. Dropped, it gives the signals back.
func Once(sig ...os.Signal) OnceOp { return OnceOp{wants: distinct(sig, "Once")} }

// CtrlC is [Once] for os.Interrupt, which is what Ctrl-C in a terminal sends.
func CtrlC() OnceOp { return Once(os.Interrupt) }

// OnceOp is a wait for a signal, made by [Once]. See [future.Op].
type OnceOp struct {
	wants  []os.Signal
	stream *Stream
}

// Poll implements future.Future.
func (o *OnceOp) Poll(cx *waker.Context) future.Poll[os.Signal] {
	if o == nil || o.wants == nil {
		panic("signals: OnceOp polled after Ready (or after Drop), or a nil or zero one: make another with Once")
	}
	if o.stream == nil {
		o.stream = Notify(o.wants...)
	}
	p := o.stream.PollNext(cx)
	if p.IsReady() {
		o.Drop()
	}
	return p
}

// Drop implements future.Dropper.
func (o *OnceOp) Drop() {
	if o == nil {
		panic("signals: a nil OnceOp: Once makes them")
	}
	if o.stream != nil {
		o.stream.Drop()
	}
	*o = OnceOp{}
}

// Await waits for a signal, see [future.Await].
func (o OnceOp) Await(co *future.Co) (os.Signal, error) { return future.AwaitOp(co, o) }
