//go:build explore && !portable

package netio

import "github.com/magpie-go/magpie/reactor"

// now is the time of a model while there is one.
func now() int64 { return reactor.ModelNow() }
