//go:build unix

package signals_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/signals"
	"github.com/magpie-go/magpie/waker"
)

// patience is how long a test waits for what must happen before it fails.
const patience = 20 * time.Second

func send(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), sig); err != nil {
		t.Fatal(err)
	}
}

// next waits for the next signal of a stream.
func next(t *testing.T, s *signals.Stream) os.Signal {
	t.Helper()
	return end(t, future.Box(future.Next(s)))
}

// end waits for a future that must end.
func end(t *testing.T, f future.Future[os.Signal]) os.Signal {
	t.Helper()
	got := make(chan os.Signal, 1)
	go func() {
		sig, err := future.BlockOn(f)
		if err != nil {
			t.Error(err)
		}
		got <- sig
	}()
	select {
	case sig := <-got:
		return sig
	case <-time.After(patience):
		t.Fatal("no signal came")
		return nil
	}
}

func TestSignal(t *testing.T) {
	s := signals.Notify(syscall.SIGUSR1)
	defer s.Drop()
	for range 3 {
		send(t, syscall.SIGUSR1)
		if sig := next(t, s); sig != syscall.SIGUSR1 {
			t.Errorf("got %v", sig)
		}
	}
	cx := waker.FromWaker(waker.Noop())
	if p := s.PollNext(&cx); p.IsReady() {
		t.Error("one more: ", p)
	}
}

// Each stream gets each signal, and one that is dropped takes it from nobody else.
func TestManyStreams(t *testing.T) {
	a, b := signals.Notify(syscall.SIGUSR1), signals.Notify(syscall.SIGUSR1, syscall.SIGUSR2)
	defer b.Drop()
	send(t, syscall.SIGUSR1)
	next(t, a)
	next(t, b)
	a.Drop()
	send(t, syscall.SIGUSR1)
	next(t, b)
	again := signals.Notify(syscall.SIGUSR1)
	defer again.Drop()
	send(t, syscall.SIGUSR1)
	next(t, b)
	next(t, again)
	cx := waker.FromWaker(waker.Noop())
	if p := a.PollNext(&cx); p.Err() != future.ErrEnd {
		t.Error("a dropped stream: ", p)
	}
}

// A signal that comes again before it was asked for is one; another one is not displaced by it.
func TestSignalsCoalesce(t *testing.T) {
	s := signals.Notify(syscall.SIGWINCH, syscall.SIGUSR2, syscall.SIGWINCH)
	defer s.Drop()
	after := signals.Notify(syscall.SIGWINCH, syscall.SIGUSR2) // told after s
	defer after.Drop()
	for _, sig := range []syscall.Signal{syscall.SIGWINCH, syscall.SIGWINCH, syscall.SIGUSR2, syscall.SIGWINCH} {
		send(t, sig)
		if got := next(t, after); got != sig {
			t.Fatalf("got %v instead of %v", got, sig)
		}
	}
	if got := []os.Signal{next(t, s), next(t, s)}; got[0] != syscall.SIGWINCH || got[1] != syscall.SIGUSR2 {
		t.Errorf("got %v", got)
	}
	cx := waker.FromWaker(waker.Noop())
	if p := s.PollNext(&cx); p.IsReady() {
		t.Error("one more: ", p)
	}
}

// The signal is there when the one who waits is woken.
func TestSignalIsThereAtTheWakeUp(t *testing.T) {
	s := signals.Notify(syscall.SIGUSR1)
	defer s.Drop()
	noop := waker.FromWaker(waker.Noop())
	there := make(chan bool, 1)
	cx := waker.FromWaker(waker.FromFunc(func() { there <- s.PollNext(&noop).IsReady() }))
	if p := s.PollNext(&cx); p.IsReady() {
		t.Fatal(p)
	}
	send(t, syscall.SIGUSR1)
	if !<-there {
		t.Error("woken for nothing")
	}
}

// A realtime signal is one like any other.
func TestRealtimeSignal(t *testing.T) {
	const sig = syscall.Signal(36)
	s := signals.Notify(sig)
	defer s.Drop()
	if err := syscall.Kill(os.Getpid(), sig); err != nil {
		t.Skip("no such signals here: ", err)
	}
	if got := next(t, s); got != sig {
		t.Errorf("got %v", got)
	}
}

// Who only stops waiting loses nothing.
func TestAWaitThatWasGivenUp(t *testing.T) {
	s := signals.Notify(syscall.SIGUSR1)
	defer s.Drop()
	woken := make(chan struct{}, 1)
	cx := waker.FromWaker(waker.FromFunc(func() { woken <- struct{}{} }))
	wait := future.Box(future.Next(s))
	if p := wait.Poll(&cx); p.IsReady() {
		t.Fatal(p)
	}
	send(t, syscall.SIGUSR1)
	<-woken
	future.Drop(wait)
	next(t, s)
}

// Once gives the signal back: one that would end the process ends it afterwards, as Ctrl-C twice does.
func TestOnceGivesTheSignalBack(t *testing.T) {
	const mark = "MAGPIE_SIGNALS"
	if os.Getenv(mark) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestOnceGivesTheSignalBack$")
		cmd.Env = append(os.Environ(), mark+"=1")
		out, err := cmd.CombinedOutput()
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !status.Signaled() || status.Signal() != syscall.SIGINT {
			t.Errorf("the second interrupt did not end it: %v\n%s", err, out)
		}
		return
	}
	op := signals.CtrlC()
	cx := waker.FromWaker(waker.Noop())
	if p := op.Poll(&cx); p.IsReady() {
		t.Fatal(p)
	}
	send(t, syscall.SIGINT)
	if sig := end(t, &op); sig != os.Interrupt {
		os.Exit(3)
	}
	dropped := signals.Once(syscall.SIGINT)
	dropped.Poll(&cx)
	dropped.Drop()
	dropped.Drop()
	send(t, syscall.SIGINT)
	time.Sleep(patience)
	os.Exit(4)
}

// A stream whose signal is always there does not keep its thread.
func TestSignalsSpend(t *testing.T) {
	s := signals.Notify(syscall.SIGUSR1)
	defer s.Drop()
	seen := signals.Notify(syscall.SIGUSR1)
	defer seen.Drop()
	send(t, syscall.SIGUSR1)
	next(t, seen)
	budget := waker.NewBudget(0)
	woken := make(chan struct{}, 8)
	cx := waker.NewContext(waker.FromFunc(func() { woken <- struct{}{} }), nil, &budget)
	if p := s.PollNext(&cx); p.IsReady() {
		t.Error("ready without a budget")
	}
	<-woken
	next(t, s)
}

// A waker that calls runtime.Goexit costs nobody the signal, nor the ones that come later.
func TestSignalsOutliveAWaker(t *testing.T) {
	first, second := signals.Notify(syscall.SIGUSR1), signals.Notify(syscall.SIGUSR1)
	defer first.Drop()
	defer second.Drop()
	for range 3 {
		fatal := waker.FromWaker(waker.FromFunc(runtime.Goexit))
		if p := first.PollNext(&fatal); p.IsReady() {
			t.Fatal(p)
		}
		send(t, syscall.SIGUSR1)
		next(t, second)
		next(t, first)
	}
}

// To wait for what no process is told of is a mistake, unless something else is waited for too.
func TestSignalsThatCannotBeCaught(t *testing.T) {
	signals.Notify(syscall.SIGKILL, syscall.SIGUSR1).Drop()
	for _, sig := range []os.Signal{os.Kill, syscall.SIGSTOP} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, sig.String()) {
					t.Errorf("Notify of %v: %s", sig, got)
				}
			}()
			signals.Notify(sig).Drop()
		}()
	}
}
