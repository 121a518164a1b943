package future_test

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
)

func ExampleSelect() {
	slow := future.Box(future.Never[string]())
	first, err := future.BlockOn(future.Select(slow, future.Value("here")))
	fmt.Println(first.Index, first.Value, err)
	// Output: 1 here <nil>
}

// The losers are handed back, and go on in the next select.
func ExampleSelectOp_Keep() {
	left := []future.Future[string]{future.Value("a"), future.Value("b"), future.Value("c")}
	for len(left) > 0 {
		first, _ := future.BlockOn(future.Select(left...).Keep())
		fmt.Print(first.Value, " ")
		left = first.Others
	}
	// Output: a b c
}

func ExampleSelectOp_Fair() {
	first, _ := future.BlockOn(future.Select(future.Value("tick"), future.Value("tick")).Fair())
	fmt.Println(first.Value)
	// Output: tick
}

func ExampleSelect3() {
	first, _ := future.BlockOn(future.Box(future.Select3(
		future.Never[int](), future.Of(future.Value("text")), future.Never[error]())))
	fmt.Println(first.Which, first.Second)
	// Output: 1 text
}

func ExampleJoin3() {
	all, err := future.BlockOn(future.Box(future.Join3(
		future.Of(future.Value(1)), future.Of(future.Value("two")), future.Of(future.Value(3.0)))))
	fmt.Println(all.First, all.Second, all.Third, err)
	// Output: 1 two 3 <nil>
}

func ExampleTryJoin3() {
	_, err := future.BlockOn(future.Box(future.TryJoin3(
		future.Of(future.Value(1)), future.Of(future.Fail[int](errors.New("no"))), future.Never[int]())))
	fmt.Println(err)
	// Output: no
}

func ExampleRaceOK() {
	v, err := future.BlockOn(future.RaceOK(future.Fail[string](errors.New("down")), future.Value("up")))
	fmt.Println(v, err)
	// Output: up <nil>
}

func ExampleOrdered() {
	future.BlockOn(future.Do(func(co *future.Co) error {
		var pages future.Ordered[string]
		defer pages.Drop()
		pages.Push(future.Box(future.Async(func(co *future.Co) (string, error) {
			co.Yield()
			return "first", nil
		})))
		pages.Push(future.Value("second"))
		for {
			page, err := pages.Next().Await(co)
			if err == future.ErrEnd {
				return nil
			}
			fmt.Println(page, err)
		}
	}))
	// Output:
	// first <nil>
	// second <nil>
}

func ExampleLazy() {
	f := future.Lazy(func() future.Future[int] {
		fmt.Println("begins")
		return future.Value(7)
	})
	fmt.Println("made")
	fmt.Println(future.BlockOn(f))
	// Output:
	// made
	// begins
	// 7 <nil>
}

func ExampleInspect() {
	f := future.Inspect(future.Value(7), func(v int, err error) { fmt.Println("came to", v, err) })
	future.BlockOn(f)
	// Output: came to 7 <nil>
}

func ExampleCatchPanic() {
	_, err := future.BlockOn(future.CatchPanic(future.Map(future.Value(0), func(v int) int { return 1 / v })))
	var p *future.PanicError
	fmt.Println(errors.As(err, &p), p.Value)
	// Output: true runtime error: integer divide by zero
}

func ExampleFuse() {
	future.BlockOn(future.Do(func(co *future.Co) error {
		once := future.Fuse(future.Value("once"))
		for i := range 3 {
			first, err := future.Select2(future.Ref(once), future.Of(future.Value(i))).Await(co)
			if err != nil {
				return err
			}
			fmt.Println(first.Which, first.First, first.Second)
		}
		return nil
	}))
	// Output:
	// 0 once 0
	// 1  1
	// 1  2
}

func ExampleNext() {
	future.BlockOn(future.Do(func(co *future.Co) error {
		var set future.Unordered[int]
		set.Push(future.Value(7))
		var s future.Stream[int] = &set
		fmt.Println(future.Next(s).Await(co))
		_, err := future.Next(s).Await(co)
		fmt.Println(err == future.ErrEnd)
		return nil
	}))
	// Output:
	// 7 <nil>
	// true
}
