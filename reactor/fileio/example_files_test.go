package fileio_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// inTemp runs an async function with the name of a file that may be made, and is removed.
func inTemp(f func(co *future.Co, name string) (string, error)) {
	dir, err := os.MkdirTemp("", "fileio")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	fmt.Println(future.BlockOn(future.Async(func(co *future.Co) (string, error) { return f(co, filepath.Join(dir, "file")) })))
}

// Whole files by name.
func ExampleWriteFile() {
	inTemp(func(co *future.Co, name string) (string, error) {
		if _, err := fileio.WriteFile(name, []byte("all of it"), 0o644).Await(co); err != nil {
			return "", err
		}
		text, err := fileio.ReadFile(name).Await(co)
		return string(text), err
	})
	// Output: all of it <nil>
}

// A log that is appended to.
func ExampleOpenFile() {
	inTemp(func(co *future.Co, name string) (string, error) {
		for _, line := range []string{"one\n", "two\n"} {
			f, err := fileio.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644).Await(co)
			if err != nil {
				return "", err
			}
			_, err = f.WriteAll([]byte(line)).Await(co)
			if _, closed := f.Close().Await(co); err == nil {
				err = closed
			}
			if err != nil {
				return "", err
			}
		}
		text, err := fileio.ReadFile(name).Await(co)
		return fmt.Sprintf("%q", text), err
	})
	// Output: "one\ntwo\n" <nil>
}

// Reads at an offset do not move that of the file, so several may be under way.
func ExampleFile_ReadAt() {
	inTemp(func(co *future.Co, name string) (string, error) {
		f, err := fileio.Create(name).Await(co)
		if err != nil {
			return "", err
		}
		defer func() { f.Close().Await(co) }()
		if _, err := f.WriteAll([]byte("0123456789")).Await(co); err != nil {
			return "", err
		}
		a, b := make([]byte, 3), make([]byte, 3)
		if _, err := future.TryJoin(f.ReadAt(a, 0), f.ReadAt(b, 7)).Await(co); err != nil {
			return "", err
		}
		at, err := f.SeekTo(0, io.SeekCurrent).Await(co)
		return fmt.Sprintf("%s %s, at %d", a, b, at), err
	})
	// Output: 012 789, at 10 <nil>
}

// A file that package os has opened, such as the reading end of a pipe.
func ExampleNew() {
	f := future.Async(func(co *future.Co) (string, error) {
		r, w, err := os.Pipe()
		if err != nil {
			return "", err
		}
		go func() {
			w.WriteString("from a goroutine")
			w.Close()
		}()
		in := fileio.New(r)
		defer func() { in.Close().Await(co) }()
		buf := make([]byte, 64)
		n, err := in.Read(buf).Await(co)
		return string(buf[:n]), err
	})
	fmt.Println(future.BlockOn(f))
	// Output: from a goroutine <nil>
}
