package main

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// asyncWrite is the machine as straight code. The coroutine keeps the state.
func asyncWrite(name string) future.Future[int] {
	return future.Async(func(co *future.Co) (int, error) {
		file, err := future.Await(co, fileio.Create(name))
		if err != nil {
			return 0, err
		}
		n, err := future.Await(co, file.WriteAll([]byte(hello)))
		_, closed := future.Await(co, file.Close())
		return n, errors.Join(err, closed)
	})
}

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
