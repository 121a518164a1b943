package main

import (
	"fmt"

	"github.com/magpie-go/magpie/cmd/asyncgen/testdata/across/lib"
	"github.com/magpie-go/magpie/future"
)

//magpie:async
func run(co *future.Co) error {
	c := &lib.Conn[string]{M: map[string]int{"a": 4}}
	n, err := c.Read(co, "a")
	if err != nil {
		return err
	}
	fmt.Println(n, lib.Twice(co, 1.5), lib.Twice(co, n))
	m, err := c.ReadAsync("a").Await(co)
	fmt.Println(m, err)
	o := lib.NewOpen(5)
	fmt.Println(o.Reveal(co, 6)) // on a coroutine: its machine has a name that only lib can use
	return nil
}

func main() {
	m := runAsync()
	fmt.Println(future.BlockOn(&m))
}
