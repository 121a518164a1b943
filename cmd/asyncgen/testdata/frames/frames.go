package main

import (
	"fmt"
	"runtime"
	"weak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// When a machine waits, what is dead is let go. (A coroutine's stack keeps what it likes.)

type block struct{ data [1 << 16]byte }

var gone = map[string]weak.Pointer[block]{}

func make1(name string) *block {
	b := new(block)
	gone[name] = weak.Make(b)
	return b
}

// holding is an operation that keeps a block.
type holding struct {
	b      *block
	waits  bool
	polled bool
}

func (h *holding) Poll(cx *waker.Context) future.Poll[*block] {
	if h.waits && !h.polled {
		h.polled = true
		return future.Pending[*block]()
	}
	return future.Ready(h.b)
}

func (h holding) Await(co *future.Co) (*block, error) { return future.Await[*block](co, &h) }

//magpie:async
func stages(co *future.Co, param *block) (int, error) {
	n := len(param.data)
	early := make1("early")
	kept := make1("kept")
	if _, err := (holding{b: early}).Await(co); err != nil { // ready at once
		return 0, err
	}
	n += len(early.data)
	got, err := (holding{b: make1("got"), waits: true}).Await(co)
	n += len(got.data)
	if err != nil {
		return 0, err
	}
	second := make1("second")
	_, _ = (holding{waits: true}).Await(co)
	n += len(kept.data) + len(second.data)
	third := make1("third")
	_, _ = (holding{waits: true}).Await(co)
	return n + len(third.data), nil
}

func alive() string {
	runtime.GC()
	s := ""
	for _, name := range []string{"param", "early", "kept", "got", "second", "third"} {
		if p, ok := gone[name]; ok && p.Value() != nil {
			s += name + " "
		}
	}
	return s
}

func main() {
	traces()
	m := stagesAsync(make1("param"))
	f := &m
	cx := waker.FromWaker(waker.Noop())
	want := []string{"kept got ", "kept second ", "third "}
	for i := 0; ; i++ {
		p := f.Poll(&cx)
		if p.IsReady() {
			fmt.Println(p.Result())
			return
		}
		if s := alive(); compiled && s != want[i] {
			fmt.Printf("at wait %d these are kept: %s, want %s\n", i, s, want[i])
		}
	}
}
