package sink_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/future/stream"
)

// values of several kinds go into one channel.
func Example() {
	tx, rx := coord.MPSC[string](4)
	words := sink.Map(tx.Clone().Sink(), func(w string) (string, error) { return "word " + w, nil })
	numbers := sink.Map(tx.Sink(), func(n int) (string, error) { return fmt.Sprint("number ", n), nil })
	_, err := future.BlockOn(future.Do(func(co *future.Co) error {
		if _, err := sink.Send(words, "one").Await(co); err != nil {
			return err
		}
		if _, err := sink.Send(numbers, 2).Await(co); err != nil {
			return err
		}
		if _, err := sink.Close(words).Await(co); err != nil {
			return err
		}
		_, err := sink.Close(numbers).Await(co)
		return err
	}))
	all, _ := future.BlockOn(stream.Collect[string](rx))
	fmt.Println(all, err)
	// Output: [word one number 2] <nil>
}

func ExampleForward() {
	tx, rx := coord.MPSC[int](1)
	both, err := future.BlockOn(future.Box(future.Join(
		sink.Forward(stream.Of(1, 2, 3), sink.Sink[int](tx.Sink())),
		stream.Collect[int](rx))))
	fmt.Println(both.Second, err)
	// Output: [1 2 3] <nil>
}

func ExampleSendAll() {
	var all []int
	s := sink.Append(&all)
	_, err := future.BlockOn(future.Box(sink.SendAll(s, stream.Of(1, 2))))
	fmt.Println(all, err)
	_, err = future.BlockOn(future.Box(sink.SendAll(s, stream.Of(3))))
	fmt.Println(all, err)
	// Output:
	// [1 2] <nil>
	// [1 2 3] <nil>
}

// What is fed goes its way with the next flush.
func ExampleFeed() {
	var all []int
	s := sink.Buffer(sink.Append(&all), 2)
	_, err := future.BlockOn(future.Do(func(co *future.Co) error {
		for i := range 2 {
			if _, err := sink.Feed(s, i).Await(co); err != nil {
				return err
			}
		}
		_, err := sink.Flush(s).Await(co)
		return err
	}))
	fmt.Println(all, err)
	// Output: [0 1] <nil>
}

func ExampleMap() {
	var out bytes.Buffer
	lines := sink.Func(func(line []byte) error { _, err := fmt.Fprintf(&out, "%s\n", line); return err })
	records := sink.Map(lines, func(v any) ([]byte, error) { return json.Marshal(v) })
	_, err := future.BlockOn(future.Box(sink.SendAll(records, stream.Of[any](1, []string{"a"}))))
	fmt.Print(out.String(), err)
	// Output:
	// 1
	// ["a"]
	// <nil>
}

func ExampleMapErr() {
	full := sink.Func(func(int) error { return errors.New("no space") })
	s := sink.MapErr(full, func(err error) error { return fmt.Errorf("log: %w", err) })
	_, err := future.BlockOn(future.Box(sink.Send(s, 1)))
	fmt.Println(err)
	// Output: log: no space
}

// Each value is worked on elsewhere before it goes its way, one after another.
func ExampleWith() {
	var all []int
	s := sink.With(sink.Append(&all), func(n int) future.Future[int] {
		return future.Blocking(func() (int, error) { return n * n, nil })
	})
	_, err := future.BlockOn(future.Box(sink.SendAll(s, stream.Of(2, 3))))
	fmt.Println(all, err)
	// Output: [4 9] <nil>
}

func ExampleWithFlatMap() {
	var all []int
	s := sink.WithFlatMap(sink.Append(&all), func(n int) future.Stream[int] { return stream.Of(n, -n) })
	_, err := future.BlockOn(future.Box(sink.SendAll(s, stream.Of(1, 2))))
	fmt.Println(all, err)
	// Output: [1 -1 2 -2] <nil>
}

func ExampleBuffer() {
	tx, rx := coord.MPSC[int](1)
	s := sink.Buffer[int](tx.Sink(), 2)
	_, err := future.BlockOn(future.Do(func(co *future.Co) error {
		for i := range 2 { // which wait in the buffer until somebody asks for more
			if _, err := sink.Feed(s, i).Await(co); err != nil {
				return err
			}
		}
		return nil
	}))
	fmt.Println(rx.Len(), err)
	// Output: 1 <nil>
}

func ExampleFanout() {
	var all, sum = []int(nil), 0
	s := sink.Fanout(sink.Append(&all), sink.Func(func(v int) error { sum += v; return nil }))
	_, err := future.BlockOn(future.Box(sink.SendAll(s, stream.Of(1, 2, 3))))
	fmt.Println(all, sum, err)
	// Output: [1 2 3] 6 <nil>
}

func ExampleFunc() {
	s := sink.Func(func(v string) error { _, err := fmt.Print(v, " "); return err })
	_, err := future.BlockOn(future.Box(sink.SendAll(s, stream.Of("a", "b"))))
	fmt.Println(err)
	// Output: a b <nil>
}

func ExampleAppend() {
	var all []string
	_, err := future.BlockOn(future.Box(sink.Send(sink.Append(&all), "a")))
	fmt.Println(all, err)
	// Output: [a] <nil>
}

func ExampleDiscard() {
	_, err := future.BlockOn(future.Box(sink.SendAll(sink.Discard[int](), stream.Of(1, 2))))
	fmt.Println(err)
	// Output: <nil>
}

// A number for each line, which is the state.
func ExampleUnfold() {
	s := sink.Unfold(1, func(n int, line string) future.Future[int] {
		fmt.Println(n, line)
		return future.Value(n + 1)
	})
	_, err := future.BlockOn(future.Box(sink.SendAll(s, stream.Of("first", "second"))))
	fmt.Println(err)
	// Output:
	// 1 first
	// 2 second
	// <nil>
}
