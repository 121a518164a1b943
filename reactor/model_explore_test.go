//go:build explore && linux && !portable

package reactor

import (
	"github.com/magpie-go/magpie/internal/testkit"
)

// sleeperAt returns a task of a model whose executor has the reactor r.
func sleeperAt(r *Reactor) *testkit.Sleeper { return &testkit.Sleeper{Ext: host{r}} }

type host struct{ r *Reactor }

// Reactor implements Host.
func (h host) Reactor() *Reactor { return h.r }
