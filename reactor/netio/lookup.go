package netio

import "github.com/magpie-go/magpie/future"

// LookupPool is what [Dial] looks host names up on; nothing else uses it. By default 64 names
// are looked up at once, those of either family of a host for itself, and others wait in line. Its Limit and Queue may be set before the
// first Dial; with a Queue, a Dial that finds it full fails with future.ErrPoolFull, and
// Stats says how it is doing. On platforms without a poller whole dials run on it.
var LookupPool = &future.BlockingPool{Limit: 64}
