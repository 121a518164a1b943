package sched

import (
	"strings"
	"testing"
)

// The stack of a worker is that of its goroutine and of the coroutine that runs in its place,
// and of no other.
func TestStackOfAWorker(t *testing.T) {
	const (
		worker   = "goroutine 5 [running, locked to thread]:\nmain.f()\n\tf.go:1 +0x1\ncreated by main.main in goroutine 1\n\tmain.go:1 +0x1"
		maker    = "goroutine 7 [coroutine]:\nmain.g()\n\tg.go:1 +0x1\ncreated by iter.Pull[...] in goroutine 5\n\titer.go:1 +0x1"
		runs     = "goroutine 8 [running]:\nmain.h()\n\th.go:1 +0x1\ncreated by iter.Pull[...] in goroutine 7\n\titer.go:1 +0x1"
		stranger = "goroutine 9 [running]:\nmain.i()\n\ti.go:1 +0x1\ncreated by iter.Pull[...] in goroutine 6\n\titer.go:1 +0x1"
		other    = "goroutine 55 [running]:\nmain.k()\n\tk.go:1 +0x1\ncreated by main.main in goroutine 5\n\tmain.go:1 +0x1"
	)
	d := stackDump{[]string{worker, maker, runs, stranger, other}}
	if got, want := string(d.of("5")), worker+"\n\n"+runs+"\n"; got != want {
		t.Errorf("the stack of 5 is\n%s\nwant\n%s", got, want)
	}
	if got := string(d.of("55")); got != other+"\n" {
		t.Errorf("the stack of 55 is\n%s", got)
	}
	if got := string(d.of("4")); !strings.HasPrefix(got, "its stack is not among the first 16 MiB") || strings.Contains(got, "main") {
		t.Errorf("the stack of 4 is\n%s", got)
	}
}
