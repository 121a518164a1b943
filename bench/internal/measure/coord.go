package measure

import "time"

// The sizes of the programs of suite coord, as in the kit's tokio_coord.rs.
const (
	CoordOps   = 200_000 // operations of an iteration that hardly wait
	CoordWaits = 20_000  // of each task in one that waits
	Lockers    = 4       // tasks at one lock
	Permits    = 2       // of a semaphore
	Room       = 100     // in a channel
	Listeners  = 100     // to a broadcast
	Burst      = 16      // values that are sent to them before all have answered
	Bursts     = 50
	Members    = 10_000 // of a set of tasks
	Sleepers   = 100_000
	PipeSize   = 64 << 10 // of a pipe in memory
	Piece      = 4 << 10  // that is written into it at a time
	Pieces     = 10_000
)

// SleepTime is for how long one of the sleepers sleeps: 1 to 50 ms.
func SleepTime(i int) time.Duration { return time.Duration(1+i%50) * time.Millisecond }
