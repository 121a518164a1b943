//go:build !explore || !linux || portable

package netio

import (
	"time"

	"github.com/magpie-go/magpie/reactor"
)

// epoch is where the clock of deadlines begins.
var epoch = time.Now()

// now is never 0.
func now() int64 {
	if c := reactor.Paused(); c != nil {
		return int64(c.Now().Sub(epoch)) + 1
	}
	return int64(time.Since(epoch)) + 1
}
