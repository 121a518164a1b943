package kv

import "math/bits"

// table is a hash table whose nodes stay where they are: keys of a shard, fields of a hash. Go's map would do
// but for SCAN, which goes through a table in many calls while others insert and delete, and must show what is there all
// the while.
//
// Buckets are a power of two, a node stands in the one that the low bits of its hash name, and a scan goes through
// them in the order of their numbers read backwards. When a table doubles, bucket b becomes b and
// b+n, which are neighbours in that order: what a cursor has passed it has passed in the larger table too. (The
// idea is Pieter Noordhuis', in Redis.)
//
// A table is rehashed at once. Shards are many, so that each is small: with a million keys, 4,000 nodes and some 40 µs.
type table[V any] struct {
	buckets []*node[V]
	n       int
}

type node[V any] struct {
	next  *node[V]
	hash  uint64
	key   string
	value V
}

const minBuckets = 4

// find returns the node of a key, or nil.
func (t *table[V]) find(hash uint64, key []byte) *node[V] {
	if t.n == 0 {
		return nil
	}
	for n := t.buckets[hash&uint64(len(t.buckets)-1)]; n != nil; n = n.next {
		if n.hash == hash && n.key == string(key) {
			return n
		}
	}
	return nil
}

// insert adds a key that is not there.
func (t *table[V]) insert(hash uint64, key []byte) *node[V] {
	n := &node[V]{hash: hash, key: string(key)}
	t.put(n)
	return n
}

func (t *table[V]) put(n *node[V]) {
	if t.n >= len(t.buckets) {
		t.resize(max(minBuckets, 2*len(t.buckets)))
	}
	at := &t.buckets[n.hash&uint64(len(t.buckets)-1)]
	n.next, *at = *at, n
	t.n++
}

// remove takes out a node that is there.
func (t *table[V]) remove(n *node[V]) {
	at := &t.buckets[n.hash&uint64(len(t.buckets)-1)]
	for *at != n {
		at = &(*at).next
	}
	*at, n.next = n.next, nil
	if t.n--; len(t.buckets) > minBuckets && t.n < len(t.buckets)/8 {
		t.resize(len(t.buckets) / 2)
	}
}

func (t *table[V]) resize(n int) {
	old := t.buckets
	t.buckets = make([]*node[V], n)
	for _, list := range old {
		for list != nil {
			next := list.next
			at := &t.buckets[list.hash&uint64(n-1)]
			list.next, *at = *at, list
			list = next
		}
	}
}

// scan calls f for the nodes of one bucket, and returns the cursor of the next, 0 after the last. f may not change
// the table.
func (t *table[V]) scan(cursor uint64, f func(*node[V])) uint64 {
	if t.n == 0 {
		return 0
	}
	mask := uint64(len(t.buckets) - 1)
	for n := t.buckets[cursor&mask]; n != nil; n = n.next {
		f(n)
	}
	return bits.Reverse64(bits.Reverse64(cursor|^mask) + 1)
}

// all is every node. The table may not be changed meanwhile.
func (t *table[V]) all(yield func(*node[V]) bool) {
	for _, n := range t.buckets {
		for ; n != nil; n = n.next {
			if !yield(n) {
				return
			}
		}
	}
}

// some returns a node: the first from a bucket on that a random number names, and of that bucket one that it
// names too. It returns nil if there is none.
func (t *table[V]) some(random uint64) *node[V] {
	if t.n == 0 {
		return nil
	}
	mask := uint64(len(t.buckets) - 1)
	for b := random; ; b++ {
		list := t.buckets[b&mask]
		if list == nil {
			continue
		}
		length := uint64(0)
		for n := list; n != nil; n = n.next {
			length++
		}
		n := list
		for range (random >> 32) % length {
			n = n.next
		}
		return n
	}
}
