package future_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// disk is a toy: each operation is pending once.
type disk struct{ files map[string]string }

func (d *disk) Create(name string) future.Future[*file] {
	return future.Map(future.Box(future.Yield()), func(future.Unit) *file { return &file{d, name} })
}

type file struct {
	d    *disk
	name string
}

func (f *file) WriteAll(text string) future.Future[int] {
	return future.Map(future.Box(future.Yield()), func(future.Unit) int {
		f.d.files[f.name] += text
		return len(text)
	})
}

// save is an async function by hand: create a file, then write a text to it.
type save struct {
	state  saveState
	disk   *disk
	name   string
	text   string
	create future.Future[*file]
	write  future.Future[int]
}

type saveState uint8

const (
	saveInit saveState = iota
	saveAwaitingCreate
	saveAwaitingWrite
	saveDone
)

func (s *save) Poll(cx *waker.Context) future.Poll[int] {
	for {
		switch s.state {
		case saveInit:
			s.create = s.disk.Create(s.name)
			s.state = saveAwaitingCreate
		case saveAwaitingCreate:
			p := s.create.Poll(cx)
			if p.IsPending() {
				return future.Pending[int]()
			}
			f, err := p.Result()
			if err != nil {
				s.state = saveDone
				return future.Failed[int](err)
			}
			s.write = f.WriteAll(s.text)
			s.state = saveAwaitingWrite
		case saveAwaitingWrite:
			p := s.write.Poll(cx)
			if p.IsReady() {
				s.state = saveDone
			}
			return p
		default:
			panic("save polled after Ready")
		}
	}
}

// The same two steps as a state machine, as an async function, and with combinators.
func Example_stateMachine() {
	d := &disk{files: map[string]string{}}

	byHand := &save{disk: d, name: "a", text: "hello world!"}

	async := future.Async(func(co *future.Co) (int, error) {
		f, err := future.Await(co, d.Create("b"))
		if err != nil {
			return 0, err
		}
		return future.Await(co, f.WriteAll("hello world!"))
	})

	combined := future.Then(d.Create("c"), func(f *file) future.Future[int] {
		return f.WriteAll("hello world!")
	})

	fmt.Println(future.BlockOn(future.JoinAll[int](byHand, async, combined)))
	fmt.Println(d.files)
	// Output:
	// [12 12 12] <nil>
	// map[a:hello world! b:hello world! c:hello world!]
}

func ExampleBlockOn() {
	fmt.Println(future.BlockOn(future.Map(future.Value(20), func(n int) int { return n + 1 })))
	fmt.Println(future.BlockOn(future.Fail[int](errors.New("no luck"))))
	// Output:
	// 21 <nil>
	// 0 no luck
}

func ExampleFunc() {
	left := 3
	countdown := future.Func(func(cx *waker.Context) future.Poll[string] {
		if left == 0 {
			return future.Ready("lift-off")
		}
		fmt.Println(left)
		left--
		w := cx.Waker()
		w.WakeByRef() // there is nothing to wait for: poll me again
		return future.Pending[string]()
	})
	fmt.Println(future.BlockOn(countdown))
	// Output:
	// 3
	// 2
	// 1
	// lift-off <nil>
}

func ExampleAsync() {
	lines := make(chan string, 2)
	lines <- "hello"
	lines <- "world"
	shout := future.Async(func(co *future.Co) (string, error) {
		var words []string
		for range 2 {
			line, err := future.FromChan(lines).Await(co)
			if err != nil {
				return "", err
			}
			words = append(words, strings.ToUpper(line))
		}
		return strings.Join(words, " "), nil
	})
	fmt.Println(future.BlockOn(shout))
	// Output: HELLO WORLD <nil>
}

// A dropped async function runs its deferred functions, and nothing else.
func ExampleCo_Dropped() {
	never := future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() })
	work := future.Async(func(co *future.Co) (int, error) {
		defer func() { fmt.Println("cleaning up, dropped:", co.Dropped()) }()
		n, err := future.Await(co, never)
		fmt.Println("not reached")
		return n, err
	})
	fmt.Println(future.BlockOn(future.Race(work, future.Value(1))))
	// Output:
	// cleaning up, dropped: true
	// 1 <nil>
}

func ExampleTryJoin() {
	lookUp := func(host string) future.Future[string] {
		return future.Blocking(func() (string, error) {
			if host == "" {
				return "", errors.New("empty host name")
			}
			return host + " is at 127.0.0.1", nil
		})
	}
	both, err := future.BlockOn(future.Box(future.TryJoin(future.Of(lookUp("localhost")), future.Of(lookUp("loopback")))))
	fmt.Println(both.First, both.Second, err)
	_, err = future.BlockOn(future.Box(future.TryJoin(future.Of(lookUp("localhost")), future.Of(lookUp("")))))
	fmt.Println(err)
	// Output:
	// localhost is at 127.0.0.1 loopback is at 127.0.0.1 <nil>
	// empty host name
}

func ExampleSettle() {
	results, _ := future.BlockOn(future.JoinAll(
		future.Settle(future.Value(1)),
		future.Settle(future.Fail[int](errors.New("second failed"))),
	))
	for _, r := range results {
		fmt.Println(r.Value, r.Err)
	}
	// Output:
	// 1 <nil>
	// 0 second failed
}

func ExampleSelect2() {
	quit := make(chan struct{})
	close(quit)
	job := future.FromChan(make(chan int))
	won, err := future.BlockOn(future.Box(future.Select2(job, future.Of(future.Settle(future.FromChan(quit))))))
	fmt.Println(won.Which, won.Second.Err, err)
	// Output: 1 future: closed <nil>
}

func ExampleWithContext() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := future.BlockOn(future.WithContext(ctx, future.FromChan(make(chan int))))
	fmt.Println(err)
	// Output: context canceled
}

func ExampleLocalPool() {
	pool := future.NewLocalPool()
	defer pool.Close()
	for _, name := range []string{"ping", "pong"} {
		future.Spawn(pool, future.Async(func(co *future.Co) (future.Unit, error) {
			for i := range 2 {
				fmt.Println(name, i)
				co.Yield()
			}
			return future.Unit{}, nil
		}))
	}
	pool.Run()
	// Output:
	// ping 0
	// pong 0
	// ping 1
	// pong 1
}

func ExampleGenerator() {
	fib := future.NewGenerator(func(y *future.Yielder[int]) string {
		a, b := 0, 1
		for b < 10 {
			y.Yield(b)
			a, b = b, a+b
		}
		return fmt.Sprint("the next is ", b)
	})
	defer fib.Close()
	for {
		s := fib.Resume()
		if v, ok := s.Yielded(); ok {
			fmt.Println(v)
			continue
		}
		fmt.Println(s.Complete())
		break
	}
	// Output:
	// 1
	// 1
	// 2
	// 3
	// 5
	// 8
	// the next is 13 true
}

// line points into itself: rest is a part of buf.
type line struct {
	future.Pinned
	buf  [64]byte
	rest []byte
}

func (l *line) Poll(cx *waker.Context) future.Poll[string] {
	l.AssertPinned()
	if l.rest == nil {
		l.rest = l.buf[:copy(l.buf[:], "hello")]
		w := cx.Waker()
		w.WakeByRef()
		return future.Pending[string]()
	}
	return future.Ready(string(l.rest))
}

func ExamplePinned() {
	fmt.Println(future.BlockOn(&line{}))
	// Output: hello <nil>
}

// An executor of one's own needs a waker and a loop.
func Example_ownExecutor() {
	woken := make(chan struct{}, 1)
	w := waker.FromFunc(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	cx := waker.FromWaker(w)
	f := future.Then(future.Box(future.Yield()), func(future.Unit) future.Future[string] {
		return future.Blocking(func() (string, error) { return "from another goroutine", nil })
	})
	for {
		if p := f.Poll(&cx); p.IsReady() {
			fmt.Println(p.Result())
			break
		}
		<-woken
	}
	// Output: from another goroutine <nil>
}

// A loop that waits in each turn, without a stack and without growing.
func ExampleLoop() {
	ch := make(chan int, 3)
	ch <- 1
	ch <- 2
	ch <- 0
	sum := future.Loop(0, func(sum int) future.Future[future.Flow[int, string]] {
		return future.Map(future.FromChan(ch), func(v int) future.Flow[int, string] {
			if v == 0 {
				return future.Break[int](fmt.Sprint("sum ", sum))
			}
			return future.Continue[string](sum + v)
		})
	})
	fmt.Println(future.BlockOn(sum))
	// Output: sum 3 <nil>
}

// One future takes part in several waits.
func ExampleRef() {
	stop := make(chan string)
	work := func(n int) future.Future[int] {
		return future.Map(future.Box(future.Yield()), func(future.Unit) int { return n })
	}
	f := future.Async(func(co *future.Co) (string, error) {
		stopped := future.FromChan(stop)
		defer func() { future.Drop(stopped) }()
		for n := 1; ; n++ {
			first, err := future.Select2(future.Ref(stopped), future.Of(work(n))).Await(co)
			if err != nil || first.Which == 0 {
				return first.First, err
			}
			if n == 3 {
				go func() { stop <- "stopped" }()
			}
		}
	})
	fmt.Println(future.BlockOn(f))
	// Output: stopped <nil>
}

// conn is something that must be closed.
type conn string

func (c conn) Close() error {
	fmt.Println("closed", c)
	return nil
}

// What had been opened when another part fails is closed.
func ExampleDiscard() {
	both := future.TryJoin(future.Of(future.Value(conn("a"))), future.Of(future.Fail[conn](errors.New("no route"))))
	_, err := future.BlockOn(&both)
	fmt.Println(err)

	// A combinator of one's own does the same.
	future.Discard([]conn{"b", "c"})
	// Output:
	// closed a
	// no route
	// closed b
	// closed c
}

func ExampleUnordered() {
	first, second := make(chan string, 1), make(chan string, 1)
	f := future.Do(func(co *future.Co) error {
		var pages future.Unordered[string]
		pages.Push(future.FromChan(first))
		pages.Push(future.FromChan(second))
		second <- "the second is there"
		for {
			page, err := pages.Next().Await(co)
			if err == future.ErrEnd {
				return nil
			}
			fmt.Println(page)
			if pages.Len() > 0 {
				first <- "and the first"
			}
		}
	})
	_, _ = future.BlockOn(f)
	// Output:
	// the second is there
	// and the first
}
