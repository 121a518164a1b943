// Package founding is the example that this project began with: create a file, write into it.
package founding

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// Save creates a file and writes into it.
//
//magpie:async
func Save(co *future.Co, name string) error {
	f, err := fileio.Create(name).Await(co)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte("hello world!")).Await(co)
	return err
}
