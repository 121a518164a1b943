package work

import (
	"crypto/sha1"
	"encoding/binary"
	"math"
)

// Tree is one of the trees of the Unbalanced Tree Search: how many children a node has is
// read from its hash, and the hash of a child is that of its parent's and its number. So
// nobody knows how large a subtree is before it has been walked.
//
// Source: S. Olivier et al., "UTS: an unbalanced tree search benchmark", LCPC 2006. Hash and
// parameters are those of the benchmark's own code, and so the trees are the same ones.
type Tree struct {
	Nodes int64 // that there are

	seed     uint32
	branches int // binomial: children of a node that has any; geometric: their mean

	root    int     // binomial: children of the root; 0: the tree is geometric
	fertile float64 // binomial: the chance to have any

	depth int // geometric: of the lowest leaves
}

// Geometric is the benchmark's T1: ten levels, some four children each.
func Geometric() *Tree { return &Tree{Nodes: 4_130_071, seed: 19, branches: 4, depth: 10} }

// Binomial is the benchmark's T3: 2000 subtrees, most of them a single node, and some of a
// thousand levels.
func Binomial() *Tree {
	return &Tree{Nodes: 4_112_897, seed: 42, branches: 8, root: 2000, fertile: .124875}
}

// mostChildren is the benchmark's MAXNUMCHILDREN.
const mostChildren = 100

// Node is a node of a tree.
type Node struct {
	hash  [sha1.Size]byte
	depth int32
}

// Root returns the tree's root.
func (t *Tree) Root() Node {
	var seed [sha1.Size]byte
	binary.BigEndian.PutUint32(seed[sha1.Size-4:], t.seed)
	return Node{hash: sha1.Sum(seed[:])}
}

// Child returns the i-th child.
func (n *Node) Child(i int) Node {
	var b [sha1.Size + 4]byte
	copy(b[:], n.hash[:])
	binary.BigEndian.PutUint32(b[sha1.Size:], uint32(i))
	return Node{sha1.Sum(b[:]), n.depth + 1}
}

// Children returns how many children n has.
func (t *Tree) Children(n *Node) int {
	random := float64(binary.BigEndian.Uint32(n.hash[sha1.Size-4:])&math.MaxInt32) / (1 << 31)
	switch {
	case t.root == 0:
		if int(n.depth) >= t.depth {
			return 0
		}
		stop := 1 / float64(1+t.branches)
		return min(int(math.Log(1-random)/math.Log(1-stop)), mostChildren)
	case n.depth == 0:
		return t.root
	case random < t.fertile:
		return t.branches
	}
	return 0
}

// Count returns how many nodes there are from n down.
func (t *Tree) Count(n Node) int64 {
	count := int64(1)
	for i := range t.Children(&n) {
		count += t.Count(n.Child(i))
	}
	return count
}
