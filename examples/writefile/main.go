// Command writefile is magpie's founding example: create a file, then write
// "hello world!" to it, without blocking a worker. It does so four ways, as a state machine
// written by hand, as an async function on a coroutine, as the machine that asyncgen compiles
// that function to, and with combinators, each on the runtime and on future.BlockOn, and
// shows that all eight make the same file.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

// hello is what is written.
const hello = "hello world!"

// ways are the four ways to say the same. Each returns a future of the number of bytes
// written to a new file of that name.
var ways = []struct {
	name  string
	write func(name string) future.Future[int]
}{
	{"state machine", func(name string) future.Future[int] { return newMachine(name) }},
	{"async function", asyncWrite},
	{"compiled async function", compiledWrite},
	{"combinators", combinedWrite},
}

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "writefile:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	dir, err := os.MkdirTemp("", "writefile")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	rt, err := sched.New(sched.Config{})
	if err != nil {
		return err
	}
	defer rt.Close()
	executors := []struct {
		name string
		run  func(future.Future[int]) (int, error)
	}{
		{"runtime", func(f future.Future[int]) (int, error) { return sched.Run(context.Background(), rt, f) }},
		{"BlockOn", future.BlockOn[int]},
	}
	for _, way := range ways {
		for _, executor := range executors {
			name := filepath.Join(dir, way.name+" on "+executor.name)
			n, err := executor.run(way.write(name))
			if err != nil {
				return fmt.Errorf("%s on %s: %w", way.name, executor.name, err)
			}
			got, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if n != len(hello) || !bytes.Equal(got, []byte(hello)) {
				return fmt.Errorf("%s on %s: %d bytes, %q", way.name, executor.name, n, got)
			}
			fmt.Fprintf(out, "%-14s on %s: %q\n", way.name, executor.name, got)
		}
	}
	return nil
}
