package sched

import (
	"math/bits"
	"reflect"
	"sync"
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of the table of pools.
//
// What is known of each type of task is found by the address of its method table: open
// addressing, in a table that is at most half full. Who searches takes no lock. An entry is
// added under one; to a table that would be more than half full by that it is added in
// a copy of twice the size, which takes the table's place.
//
// Invariant: a published table has a free place, at which each search ends, and an entry of
// it never moves or changes. A search in a table that has just been replaced may
// miss a type; it then takes the lock and looks again.
//
// Rejected: a place for each hash, and no pool for a type that comes when its place is taken (of
// 80 types 22); sync.Map (it takes an interface, and twice the time).
type poolTable struct {
	shift uint // of a hash, to an index
	slots []word.Pointer[pool]
}

var (
	pools    word.Pointer[poolTable]
	poolLock sync.Mutex // of changes; held once for each type of task in the program
	allPools []*pool    // in the order of their ids, under poolLock

	_    word.Align64
	kept word.Int64 // bytes in all pools
)

func init() { pools.Store(newPoolTable(64)) }

// newPoolTable makes a table of n places, a power of two.
func newPoolTable(n int) *poolTable {
	return &poolTable{shift: uint(32 - bits.TrailingZeros(uint(n))), slots: make([]word.Pointer[pool], n)}
}

// poolOf returns the pool of the type that v points to, if only to nothing: T, a task with an
// F in it.
func poolOf[T, F any](v body) *pool {
	// Sound: the first word of an interface with methods points to its table, one for each
	// pair of types, which never moves. It is only compared.
	typ := *(*unsafe.Pointer)(unsafe.Pointer(&v))
	if p := pools.Load().find(typ); p != nil {
		return p
	}
	return addPool(typ, reflect.TypeFor[T]().Size(), plain(reflect.TypeFor[F]()))
}

// first returns where the search for a type begins: Fibonacci hashing.
func (t *poolTable) first(typ unsafe.Pointer) int {
	const phi = 0x9E3779B9
	return int(uint32(uintptr(typ)>>4) * phi >> t.shift)
}

func (t *poolTable) find(typ unsafe.Pointer) *pool {
	for i := t.first(typ); ; i = (i + 1) & (len(t.slots) - 1) {
		if p := t.slots[i].Load(); p == nil || p.typ == typ {
			return p
		}
	}
}

func (t *poolTable) add(p *pool) {
	i := t.first(p.typ)
	for t.slots[i].Load() != nil {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i].Store(p)
}

func addPool(typ unsafe.Pointer, size uintptr, plain bool) *pool {
	poolLock.Lock()
	defer poolLock.Unlock()
	t := pools.Load()
	if p := t.find(typ); p != nil {
		return p
	}
	p := newPool(len(allPools), typ, size, plain)
	allPools = append(allPools, p)
	if 2*len(allPools) <= len(t.slots) {
		t.add(p)
		return p
	}
	t = newPoolTable(2 * len(t.slots))
	for _, p := range allPools {
		t.add(p)
	}
	pools.Store(t)
	return p
}

// emptyPools leaves what all pools have to the collector.
func emptyPools() {
	poolLock.Lock()
	defer poolLock.Unlock()
	for _, p := range allPools {
		p.giveUp()
	}
}
