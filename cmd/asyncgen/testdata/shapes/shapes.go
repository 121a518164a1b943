// Command shapes has imports and signatures as real programs have them.
package main

import (
	_ "embed"
	"errors"
	. "fmt"
	"runtime"
	. "strings"
	sync2 "sync"

	"github.com/magpie-go/magpie/future"
	"sync"
)

//magpie:async
func one(co *future.Co, v int) int {
	co.Yield()
	return v
}

// dots uses what was imported with a dot, by its name and as the type of a variable that has none.
//
//magpie:async
func dots(co *future.Co) string {
	var b Builder
	b.WriteString("dots")
	r := newReader()
	co.Yield()
	b.WriteString(ToUpper(Sprint(" ", r.Len())))
	return b.String()
}

func newReader() *Reader { return NewReader("four") }

// twice has two names for a package.
//
//magpie:async
func twice(co *future.Co) bool {
	var a sync.Mutex
	var b sync2.Mutex
	p, q := &a, &b
	co.Yield()
	for _, l := range []sync.Locker{p, sync2.Locker(q)} {
		l.Lock()
	}
	return p.TryLock() || q.TryLock()
}

type reader struct{ n int }

// The parameters have the names of what the constructors might use for their own.
//
//magpie:async
func (r *reader) read(co *future.Co, err error, a2 string) (int, string, error) {
	co.Yield()
	return r.n, a2, err
}

//magpie:async
func under(c *future.Co, type_ int, _ string, co bool, _ ...int) (int, bool) {
	c.Yield()
	return type_, co
}

//magpie:async
func each[T any](co *future.Co, each func(T) reader, xs ...T) (reader reader, err error) {
	for _, x := range xs {
		co.Yield()
		reader = each(x)
	}
	return reader, nil
}

//magpie:async
func (r reader) with(co *future.Co, reader int, with func(int) int) int {
	co.Yield()
	return with(reader) + r.n
}

//magpie:async
func find(co *future.Co, reader string) reader {
	co.Yield()
	return newNamed(len(reader))
}

func newNamed(n int) reader { return reader{n} }

//magpie:async
func blanks(co *future.Co, n int) (_, x int, _ string, _ error) {
	defer func() { x += 5 }()
	co.Yield()
	if n == 0 {
		return
	}
	return 1, 2, "three", errors.New("four")
}

//magpie:async
func nameless(co *future.Co) (_, _ int, last string) {
	co.Yield()
	last = "three"
	return
}

// many has more results than there are digits.
//
//magpie:async
func many(co *future.Co, v int) (a, b, c, d, e, f, g, h, i, j, k, l int, err error) {
	co.Yield()
	return v, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, v, nil
}

type manier interface {
	many(co *future.Co, v int) (a, b, c, d, e, f, g, h, i, j, k, l int, err error)
}

//magpie:async
func (r reader) many(co *future.Co, v int) (a, b, c, d, e, f, g, h, i, j, k, l int, err error) {
	return many(co, r.n+v)
}

// itself returns a result that a deferred function looks at.
//
//magpie:async
func itself(co *future.Co, n int) (v int, err error) {
	defer func() {
		if err == nil {
			v++
		}
	}()
	v = one(co, n)
	return v, nil
}

func where() string {
	_, file, line, _ := runtime.Caller(1)
	return Sprint(file[LastIndex(file, "/")+1:], ":", line)
}

// made comes from elsewhere, as what a parser generator writes does.
//
//magpie:async
func made(co *future.Co) {
//line made.y:10
	Println(where())
	co.Yield()
	Println(where())
//line more.y:14
	for range 2 {
		one(co, 1)
		Println(where())
	}
//line shapes.go:155
	co.Yield()
	Println(where())
}

//magpie:async
func run(co *future.Co) error {
	Println(dots(co), twice(co))
	r := &reader{3}
	Println(r.read(co, errors.New("mine"), "a2"))
	Println(under(co, 3, "", true, 4))
	Println(each(co, newNamed, 7, 8))
	Println(r.with(co, 3, func(n int) int { return 2 * n }))
	Println(find(co, "four"))
	Println(blanks(co, 0))
	Println(blanks(co, 1))
	Println(nameless(co))
	Println(nothing(co))
	Println(many(co, 5))
	var m manier = r
	Println(m.many(co, 6))
	lit := func(co *future.Co, v int) (a, b, c, d, e, f, g, h, i, j, k, l int, err error) {
		l = one(co, v)
		return
	}
	Println(lit(co, 7))
	Println(itself(co, 8))
	made(co)
	return nil
}

func show[T any](f future.Future[T]) { Println(future.BlockOn(f)) }

func main() {
	show(future.Box(runAsync()))
	r := &reader{4}
	show(future.Box(r.readAsync(errors.New("mine"), "a2")))
	show(future.Box(underAsync(3, "", true)))
	show(future.Box(eachAsync(newNamed, 9)))
	show(future.Box(r.withAsync(3, one2)))
	show(future.Box(findAsync("")))
	show(future.Box(blanksAsync(1)))
	show(future.Box(r.manyAsync(1)))
}

//magpie:async
func nothing(_ *future.Co) (_, _ int, _ string) { return }

func one2(n int) int { return n }
