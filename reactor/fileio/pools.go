package fileio

import "github.com/magpie-go/magpie/future"

// The pools that the operations of this package run on. Their Limit and Queue may be set
// before the first operation; with a Queue, an operation that finds it full fails with
// future.ErrPoolFull, and Stats says how a pool is doing.
//
// They are two because the second one can be stopped from outside: opening a pipe waits for
// the other end, and so does reading it. Hundreds of such waits must not keep those from a
// file who have it open.
var (
	// Pool is for open regular files and directories, and for what is done to names.
	Pool = &future.BlockingPool{Limit: future.DefaultBlockingLimit}
	// WaitPool is for all else: opening, whole files and copies by name, pipes, terminals, devices;
	// and the first operation on a file given to New.
	WaitPool = &future.BlockingPool{Limit: future.DefaultBlockingLimit}
)
