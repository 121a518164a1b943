package sched

import (
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	uber "go.uber.org/atomic"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

type linked struct {
	_ *linked
	_ int
}

type listed struct {
	_ string
	_ struct{ _ *listed }
}

type marked struct{ _ notCopied }

type notCopied struct{}

func (*notCopied) Lock()   {}
func (*notCopied) Unlock() {}

type tree struct{ _, _ *linked }

func TestWhichTypesOthersMayPointTo(t *testing.T) {
	for _, c := range []struct {
		v     any
		plain bool
	}{
		{struct{}{}, true},
		{struct {
			f func()
			s []*linked
			m map[string]*sync.Mutex
			l sync.Locker
			p *reactor.Timer
			a [0]sync.Mutex
			b [64]byte
		}{}, true},
		{tree{}, true},
		{future.Unit{}, true},
		{struct{ t reactor.Timer }{}, false},
		{struct{ t [1]reactor.Timer }{}, false},
		{struct {
			t [2]struct{ w waker.AtomicWaker }
		}{}, false},
		{struct{ future.Pinned }{}, false},
		{struct{ sync.Mutex }{}, false},
		{struct{ o sync.Once }{}, false},
		{struct{ n atomic.Int64 }{}, false},
		{struct{ v atomic.Value }{}, false},
		{struct{ n uber.Int32 }{}, false},
		{struct{ p uber.Pointer[int] }{}, false},
		{marked{}, false},
		{struct{ n linked }{}, false},
		{listed{}, false},
	} {
		if got := plain(reflect.TypeOf(c.v)); got != c.plain {
			t.Errorf("plain(%T) is %v", c.v, got)
		}
	}
}
