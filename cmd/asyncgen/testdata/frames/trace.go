package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

//magpie:async
func outer(co *future.Co) error {
	defer func() {
		_, _ = inner(co, 2)
	}()
	_, err := inner(co, 1)
	return err
}

//magpie:async
func inner(co *future.Co, n int) (int, error) {
	_, err := holding{waits: true}.Await(co)
	return n, err
}

func traces() {
	m := outerAsync()
	cx := waker.FromWaker(waker.Noop())
	for _, want := range []string{
		"outer:13",
		"outer:17 inner:23 *main.holding:0",
		"outer:19 outer.defer:15 inner:23 *main.holding:0",
	} {
		got := ""
		for i, f := range future.Trace(&m) {
			got += fmt.Sprintf(" %s:%d", path.Base(strings.Replace(f.Func, "/frames.", "/", 1)), f.Line)
			if compiled && f.Depth != i || compiled && f.Line > 0 && path.Base(f.File) != "trace.go" {
				fmt.Println("depth", f.Depth, "of", i, "in", f.File)
			}
		}
		if compiled && got[1:] != want { // a coroutine does not know its line
			fmt.Printf("stands at %s, want %s\n", got[1:], want)
		}
		if m.Poll(&cx).IsReady() {
			return
		}
	}
}
