//go:build unix

package process_test

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/process"
)

// A command whose output is wanted, for a second at most.
func ExampleOutput() {
	out, err := future.BlockOn(future.Async(func(co *future.Co) (process.Collected, error) {
		return clock.Timeout(process.Output(exec.Command("echo", "hello"), 1<<16), 10*time.Second).Await(co)
	}))
	fmt.Printf("%q %v\n", out.Stdout, err)
	// Output: "hello\n" <nil>
}

// A child that is written to and read from.
func ExampleStart() {
	text, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) {
		p, err := process.Start(exec.Command("sort"), process.Config{Stdin: true, Stdout: true, KillOnDrop: true}).Await(co)
		if err != nil {
			return "", err
		}
		defer p.Drop()
		if _, err := p.Stdin.WriteAll([]byte("b\na\n")).Await(co); err != nil {
			return "", err
		}
		if err := p.Stdin.Close(); err != nil {
			return "", err
		}
		var text []byte
		for buf := make([]byte, 100); ; {
			n, err := p.Stdout.Read(buf).Await(co)
			text = append(text, buf[:n]...)
			if err == io.EOF {
				break
			}
			if err != nil {
				return "", err
			}
		}
		_, err = p.Wait().Await(co)
		return string(text), err
	}))
	fmt.Printf("%q %v\n", text, err)
	// Output: "a\nb\n" <nil>
}

// How a child has ended.
func ExampleProcess_Wait() {
	_, err := future.BlockOn(future.Async(func(co *future.Co) (future.Unit, error) {
		p, err := process.Start(exec.Command("/bin/sh", "-c", "exit 3"), process.Config{}).Await(co)
		if err != nil {
			return future.Unit{}, err
		}
		defer p.Drop()
		_, err = p.Wait().Await(co)
		return future.Unit{}, err
	}))
	var failed *exec.ExitError
	fmt.Println(errors.As(err, &failed) && failed.ExitCode() == 3)
	// Output: true
}
