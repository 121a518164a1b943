// Command inplace calls methods that want a pointer on variables that are kept over an await: of a type whose methods
// keep none, and of one that says nothing.
package main

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/machine"
)

// tally may stay in the frame.
type tally struct {
	_ machine.InPlace
	n int
}

func (t *tally) add(n int) int { t.n += n; return t.n }

func (t *tally) end(what string) { fmt.Println(what, t.n) }

// later is awaited: it lasts longer than the call that makes it.
//
//magpie:async
func (t *tally) later(co *future.Co) (int, error) {
	_, err := future.Yield().Await(co)
	t.n++
	return t.n, err
}

// plain may not.
type plain struct{ n int }

func (p *plain) add(n int) int { p.n += n; return p.n }

//magpie:async
func counts(co *future.Co) (int, error) {
	var t tally
	var p plain
	t.add(1)
	p.add(1)
	if _, err := future.Yield().Await(co); err != nil {
		return 0, err
	}
	return t.add(10) + p.add(10), nil
}

// Each round has a variable of its own.
//
//magpie:async
func rounds(co *future.Co) (sum int, err error) {
	for i := range 3 {
		var t tally
		t.add(i)
		if _, err := future.Yield().Await(co); err != nil {
			return 0, err
		}
		sum += t.add(100)
	}
	return sum, nil
}

// What keeps the address gets a variable of its own.
//
//magpie:async
func kept(co *future.Co) (int, error) {
	var adds []func(int) int
	for i := range 3 {
		var t tally
		adds = append(adds, t.add)
		t.add(i)
		if _, err := future.Yield().Await(co); err != nil {
			return 0, err
		}
		t.add(1)
	}
	sum := 0
	for _, add := range adds {
		sum = 10*sum + add(1)
	}
	return sum, nil
}

//magpie:async
func awaited(co *future.Co) (int, error) {
	var t tally
	n, err := t.later(co)
	return n*10 + t.n, err
}

// A deferred call sees the variable as it is then.
//
//magpie:async
func ends(co *future.Co) error {
	var t, u tally
	defer t.end("deferred")
	defer func() { u.end("in a literal") }()
	t.add(1)
	u.add(2)
	_, err := future.Yield().Await(co)
	t.add(10)
	u.add(20)
	return err
}

// In a loop a deferred call has no bit.
//
//magpie:async
func endsOften(co *future.Co) error {
	for i := range 2 {
		var t tally
		defer t.end("of a round")
		t.add(i)
		if _, err := future.Yield().Await(co); err != nil {
			return err
		}
		t.add(10)
	}
	return nil
}

// A part of a variable is called on in it.
//
//magpie:async
func parts(co *future.Co) (int, error) {
	var both struct{ a, b tally }
	both.a.add(1)
	_, err := future.Yield().Await(co)
	both.b.add(2)
	return both.a.add(10) + both.b.add(20), err
}

//magpie:async
func run(co *future.Co) error {
	fmt.Println(counts(co))
	fmt.Println(rounds(co))
	fmt.Println(kept(co))
	fmt.Println(awaited(co))
	fmt.Println(ends(co))
	fmt.Println(endsOften(co))
	fmt.Println(parts(co))
	return nil
}

func main() {
	m := runAsync()
	fmt.Println(future.BlockOn(&m))
}
