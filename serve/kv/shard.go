package kv

import (
	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
)

// kind is what a key holds.
type kind uint8

const (
	aString kind = iota + 1
	aList
	aHash
)

func (k kind) String() string { return [...]string{"none", "string", "list", "hash"}[k] }

// value is what a key holds, one of the last three, and until when.
type value struct {
	at    int64 // when it expires, in milliseconds since 1970; 0: never
	place int32 // in the shard's due, if it expires
	kind  kind

	// text of up to inPlace bytes may be overwritten by the next SET of the key. Longer ones are never
	// written to again where somebody may have seen them, so that a reader may copy them after it has let the
	// lock go.
	text   []byte
	list   *list
	fields *table[[]byte]
}

// inPlace is how long a string may be to be overwritten where it is. Copying as much takes 20 ns.
const inPlace = 1 << 10

// entry is a key.
type entry = node[value]

// shard is a part of the keys, and the lock that stands before them.
//
// due is a heap of the keys that expire, the next one first. Each knows its place there, so that it can be taken out
// when the key is deleted or its time is changed. next is the time of the first, for the expirer, which looks at it
// without the lock; 0: none.
type shard struct {
	lock spin.Lock
	keys table[value]
	due  []*entry
	next word.Int64

	heeds map[string]*heed // of keys that somebody wants to know of; nil if there never were any

	clock *expirer
	_     [cpu.CacheLine]byte
}

// expire sets the time at which a key expires, 0 for never.
func (s *shard) expire(e *entry, at int64) {
	switch v := &e.value; {
	case at == 0 && v.at == 0:
		return
	case at == 0:
		s.forget(e)
		v.at = 0
	case v.at == 0:
		v.at, v.place = at, int32(len(s.due))
		s.due = append(s.due, e)
		s.up(len(s.due) - 1)
	default:
		v.at = at
		s.up(int(v.place))
		s.down(int(v.place))
	}
	s.note()
}

// forget takes a key that expires out of due.
func (s *shard) forget(e *entry) {
	i, last := int(e.value.place), len(s.due)-1
	s.swap(i, last)
	s.due[last] = nil
	s.due = s.due[:last]
	if i < last {
		s.up(i)
		s.down(i)
	}
}

// note tells the expirer when the next key expires.
func (s *shard) note() {
	next := int64(0)
	if len(s.due) > 0 {
		next = s.due[0].value.at
	}
	was := s.next.Load()
	if was == next {
		return
	}
	s.next.Store(next)
	if was == 0 {
		s.clock.due()
	}
}

func (s *shard) swap(i, j int) {
	s.due[i], s.due[j] = s.due[j], s.due[i]
	s.due[i].value.place, s.due[j].value.place = int32(i), int32(j)
}

func (s *shard) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if s.due[parent].value.at <= s.due[i].value.at {
			return
		}
		s.swap(i, parent)
		i = parent
	}
}

func (s *shard) down(i int) {
	for {
		child := 2*i + 1
		if child+1 < len(s.due) && s.due[child+1].value.at < s.due[child].value.at {
			child++
		}
		if child >= len(s.due) || s.due[i].value.at <= s.due[child].value.at {
			return
		}
		s.swap(i, child)
		i = child
	}
}

// delete takes a key out.
func (s *shard) delete(e *entry) {
	if e.value.at != 0 {
		s.forget(e)
		s.note()
	}
	s.keys.remove(e)
}
