package gid

import "testing"

func TestCurrentTellsLiveGoroutinesApart(t *testing.T) {
	if !Known {
		if Current() != None {
			t.Fatal("a build that cannot tell goroutines apart must answer None")
		}
		return
	}
	mine := Current()
	if mine == None || Current() != mine {
		t.Fatalf("the same goroutine was given %#x, then %#x", mine, Current())
	}
	other := make(chan uintptr)
	go func() { other <- Current() }()
	if got := <-other; got == mine || got == None {
		t.Fatalf("another live goroutine got %#x, this one has %#x", got, mine)
	}
}
