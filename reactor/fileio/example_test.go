package fileio_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// An async function creates a file and writes to it. Here BlockOn runs it; on a runtime
// other tasks go on while the disk is slow.
func Example() {
	dir, err := os.MkdirTemp("", "fileio")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "hello.txt")

	n, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
		f, err := fileio.Create(name).Await(co)
		if err != nil {
			return 0, err
		}
		n, err := f.WriteAll([]byte("hello world!")).Await(co)
		_, closeErr := f.Close().Await(co)
		return n, errors.Join(err, closeErr)
	}))
	fmt.Println(n, err)

	data, err := future.BlockOn(fileio.ReadFile(name))
	fmt.Println(string(data), err)
	// Output:
	// 12 <nil>
	// hello world! <nil>
}

// Without an async function, combinators chain the steps.
func ExampleFile_WriteAll() {
	dir, err := os.MkdirTemp("", "fileio")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	write := future.Then(fileio.Create(filepath.Join(dir, "a")), func(f *fileio.File) future.Future[future.Unit] {
		return future.Then(f.WriteAll([]byte("hello world!")), func(int) future.Future[future.Unit] {
			return f.Close()
		})
	})
	_, err = future.BlockOn(write)
	fmt.Println(err)
	// Output: <nil>
}

// Errors are those of package os.
func ExampleOpen() {
	_, err := future.BlockOn(fileio.Open(filepath.Join(os.TempDir(), "no", "such", "file")))
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output: true
}

// A header and a body in one call, and read into two places.
func ExampleFile_WriteBuffers() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	_, err = future.BlockOn(future.Do(func(co *future.Co) error {
		f, err := fileio.Create(filepath.Join(dir, "record")).Await(co)
		if err != nil {
			return err
		}
		n, err := f.WriteBuffers([][]byte{[]byte("head"), []byte("body")}).Await(co)
		if err != nil {
			return err
		}
		head, body := make([]byte, 4), make([]byte, 4)
		m, err := f.ReadBuffersAt([][]byte{head, body}, 0).Await(co)
		fmt.Printf("%d bytes, %d bytes: %s, %s\n", n, m, head, body)
		if err != nil {
			return err
		}
		_, err = f.Close().Await(co)
		return err
	}))
	fmt.Println(err)
	// Output:
	// 8 bytes, 8 bytes: head, body
	// <nil>
}
