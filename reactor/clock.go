//go:build !explore || !linux || portable

package reactor

import "time"

// start is the origin of the wheel's clock.
var start = time.Now()

// sinceStart returns the monotonic time in nanoseconds since start; it is never 0.
func sinceStart() int64 { return int64(time.Since(start)) + 1 }

func (b *background) launch() { go b.run() }
