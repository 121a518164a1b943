//go:build explore && linux && !portable

package netio

import (
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor"
)

// sleeperAt returns a task of a model whose executor has the reactor r.
func sleeperAt(r *reactor.Reactor) *testkit.Sleeper { return &testkit.Sleeper{Ext: host{r}} }

type host struct{ r *reactor.Reactor }

// Reactor implements reactor.Host.
func (h host) Reactor() *reactor.Reactor { return h.r }
