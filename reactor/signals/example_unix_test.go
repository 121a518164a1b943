//go:build unix

package signals_test

import (
	"fmt"
	"os"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/signals"
)

// A program that does something each time it is told to.
func ExampleNotify() {
	usr1 := signals.Notify(syscall.SIGUSR1)
	defer usr1.Drop()
	_, err := future.BlockOn(future.Async(func(co *future.Co) (future.Unit, error) {
		for range 2 {
			if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil { // somebody else, usually
				return future.Unit{}, err
			}
			sig, err := future.Next(usr1).Await(co)
			if err != nil {
				return future.Unit{}, err
			}
			fmt.Println(sig)
		}
		return future.Unit{}, nil
	}))
	fmt.Println(err)
	// Output:
	// user defined signal 1
	// user defined signal 1
	// <nil>
}

// A server that works until it is told to end.
func ExampleOnce() {
	serve := future.Async(func(co *future.Co) (string, error) {
		co.Yield()
		err := syscall.Kill(os.Getpid(), syscall.SIGTERM) // somebody else, usually
		for err == nil {
			_, err = future.Yield().Await(co)
		}
		return "", err
	})
	first, err := future.BlockOn(future.Box(future.Select2(signals.Once(os.Interrupt, syscall.SIGTERM), future.Of(serve))))
	fmt.Println(first.First, err)
	// Output: terminated <nil>
}
