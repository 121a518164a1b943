//go:build !explore || !linux || portable

package netio

import "time"

// epoch is where the clock of deadlines begins.
var epoch = time.Now()

// now is never 0.
func now() int64 { return int64(time.Since(epoch)) + 1 }
