package hidden

import "github.com/magpie-go/magpie/future"

type door struct{}

//magpie:async
func (d *door) open(co *future.Co) (int, string, error) {
	future.Yield().Await(co)
	return 0, "", nil
}

func (d *door) openAsync() {}

type doorOpenMachine struct{}

var doorOpenResults int
