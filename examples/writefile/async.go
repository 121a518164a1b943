package main

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen

// write is the machine as straight code.
//
//magpie:async
func write(co *future.Co, name string) (int, error) {
	file, err := fileio.Create(name).Await(co)
	if err != nil {
		return 0, err
	}
	n, err := file.WriteAll([]byte(hello)).Await(co)
	_, closed := file.Close().Await(co)
	return n, errors.Join(err, closed)
}

// asyncWrite runs it on a coroutine, which keeps the state.
func asyncWrite(name string) future.Future[int] {
	return future.Async(func(co *future.Co) (int, error) { return write(co, name) })
}

// compiledWrite is the machine that asyncgen makes of it, in async_async.go.
func compiledWrite(name string) future.Future[int] { return future.Box(writeAsync(name)) }

// combinedWrite is the machine put together from smaller futures. Settle makes a value of
// the write's outcome, so that the file is closed whatever it was.
func combinedWrite(name string) future.Future[int] {
	return future.Then(fileio.Create(name), func(file *fileio.File) future.Future[int] {
		write := future.Settle(file.WriteAll([]byte(hello)))
		return future.Then(write, func(written future.Result[int]) future.Future[int] {
			return future.Then(file.Close(), func(future.Unit) future.Future[int] {
				if written.Err != nil {
					return future.Fail[int](written.Err)
				}
				return future.Value(written.Value)
			})
		})
	})
}
