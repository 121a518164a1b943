package fileio_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// Folders are made, listed and removed as in package os.
func ExampleEntries() {
	inTemp(func(co *future.Co, name string) (string, error) {
		for _, sub := range []string{"a", "b/c"} {
			if _, err := fileio.MkdirAll(filepath.Join(name, sub), 0o700).Await(co); err != nil {
				return "", err
			}
		}
		n := 0
		entries := fileio.Entries(name)
		defer future.Drop(entries)
		for {
			e, err := future.Next(entries).Await(co)
			if err == future.ErrEnd {
				break
			}
			if err != nil {
				return "", err
			}
			if e.IsDir() {
				n++
			}
		}
		_, err := fileio.RemoveAll(name).Await(co)
		return fmt.Sprint(n, " folders"), err
	})
	// Output: 2 folders <nil>
}

// A small folder whole, sorted.
func ExampleReadDir() {
	inTemp(func(co *future.Co, name string) (string, error) {
		for _, file := range []string{"b", "a"} {
			if _, err := fileio.WriteFile(name+file, nil, 0o600).Await(co); err != nil {
				return "", err
			}
		}
		all, err := fileio.ReadDir(filepath.Dir(name)).Await(co)
		return fmt.Sprint(len(all), " files, the first is ", all[0].Name()), err
	})
	// Output: 2 files, the first is filea <nil>
}

// A configuration that is saved: whoever reads it finds the old one or the new one.
func ExampleReplace() {
	inTemp(func(co *future.Co, name string) (string, error) {
		if _, err := fileio.Replace(name, []byte("port = 80\n"), 0o644).Await(co); err != nil {
			return "", err
		}
		text, err := fileio.ReadFile(name).Await(co)
		return fmt.Sprintf("%q", text), err
	})
	// Output: "port = 80\n" <nil>
}

// A file for a while.
func ExampleCreateTemp() {
	inTemp(func(co *future.Co, name string) (string, error) {
		f, err := fileio.CreateTemp(filepath.Dir(name), "upload-*").Await(co)
		if err != nil {
			return "", err
		}
		defer func() { fileio.Remove(f.Name()).Await(co) }()
		n, err := f.WriteAll([]byte("text")).Await(co)
		if _, closed := f.Close().Await(co); err == nil {
			err = closed
		}
		return fmt.Sprint(n, " bytes"), err
	})
	// Output: 4 bytes <nil>
}

// A folder for a while.
func ExampleMkdirTemp() {
	inTemp(func(co *future.Co, name string) (string, error) {
		dir, err := fileio.MkdirTemp(filepath.Dir(name), "work-*").Await(co)
		if err != nil {
			return "", err
		}
		defer func() { fileio.RemoveAll(dir).Await(co) }()
		info, err := fileio.Stat(dir).Await(co)
		return fmt.Sprint(info.IsDir()), err
	})
	// Output: true <nil>
}

// Copies keep their permissions.
func ExampleCopyFile() {
	inTemp(func(co *future.Co, name string) (string, error) {
		if _, err := fileio.WriteFile(name, []byte("text"), 0o600).Await(co); err != nil {
			return "", err
		}
		n, err := fileio.CopyFile(name+".bak", name).Await(co)
		return fmt.Sprint(n, " bytes"), err
	})
	// Output: 4 bytes <nil>
}

// One file after another into a third.
func ExampleFile_CopyFrom() {
	inTemp(func(co *future.Co, name string) (string, error) {
		all, err := fileio.Create(name).Await(co)
		if err != nil {
			return "", err
		}
		defer func() { all.Close().Await(co) }()
		for _, part := range []string{"one ", "two"} {
			if _, err := fileio.WriteFile(name+part, []byte(part), 0o600).Await(co); err != nil {
				return "", err
			}
			f, err := fileio.Open(name + part).Await(co)
			if err != nil {
				return "", err
			}
			_, err = all.CopyFrom(f).Await(co)
			if _, closed := f.Close().Await(co); err == nil {
				err = closed
			}
			if err != nil {
				return "", err
			}
		}
		text, err := fileio.ReadFile(name).Await(co)
		return string(text), err
	})
	// Output: one two <nil>
}

// A file that several processes write is locked by the one that does.
func ExampleFile_Lock() {
	inTemp(func(co *future.Co, name string) (string, error) {
		f, err := fileio.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600).Await(co)
		if err != nil {
			return "", err
		}
		defer func() { f.Close().Await(co) }() // which unlocks it too
		if _, err := f.Lock().Await(co); err != nil {
			return "", err
		}
		_, err = f.WriteAll([]byte("mine")).Await(co)
		if _, unlocked := f.Unlock().Await(co); err == nil {
			err = unlocked
		}
		return "written", err
	})
	// Output: written <nil>
}

// Who cannot have the lock does something else.
func ExampleFile_TryLock() {
	inTemp(func(co *future.Co, name string) (string, error) {
		var files [2]*fileio.File
		for i := range files {
			f, err := fileio.Create(name).Await(co)
			if err != nil {
				return "", err
			}
			defer func() { f.Close().Await(co) }()
			files[i] = f
		}
		first, err := files[0].TryLock().Await(co)
		if err != nil {
			return "", err
		}
		second, err := files[1].TryLock().Await(co)
		return fmt.Sprint(first, " ", second), err
	})
	// Output: true false <nil>
}

// What is done to names.
func ExampleRename() {
	inTemp(func(co *future.Co, name string) (string, error) {
		if _, err := fileio.WriteFile(name, nil, 0o600).Await(co); err != nil {
			return "", err
		}
		if _, err := fileio.Rename(name, name+".old").Await(co); err != nil {
			return "", err
		}
		if _, err := fileio.Chmod(name+".old", 0o400).Await(co); err != nil {
			return "", err
		}
		there, err := fileio.Exists(name).Await(co)
		if err != nil {
			return "", err
		}
		var info fs.FileInfo
		if info, err = fileio.Stat(name + ".old").Await(co); err != nil {
			return "", err
		}
		_, err = fileio.Remove(name + ".old").Await(co)
		return fmt.Sprint(there, " ", info.Name()), err
	})
	// Output: false file.old <nil>
}
