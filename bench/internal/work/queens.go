package work

import "math/bits"

// Queens is how many queens are placed on a board of as many rows, and Placings in how many
// ways that can be done.
const (
	Queens   = 13
	Placings = 73_712
)

// ForkRows is in how many rows, from the first, each place of a queen is forked: below there
// is too little left to do.
const ForkRows = 5

// Board is a board with queens on its first rows.
type Board struct {
	Row int
	// Which columns of the next row are taken: by a column, and by diagonals to the left
	// and to the right.
	column, left, right uint32
}

// Free returns the columns of the next row in which a queen may stand, as bits.
func (b Board) Free() uint32 { return (1<<Queens - 1) &^ (b.column | b.left | b.right) }

// Place returns the board with a queen on the next row, in the lowest of the free columns.
func (b Board) Place(free uint32) Board {
	q := free & -free
	return Board{b.Row + 1, b.column | q, (b.left | q) << 1, (b.right | q) >> 1}
}

// Count returns in how many ways the rest of the board can be filled.
func (b Board) Count() int64 {
	free := b.Free()
	if b.Row == Queens-1 {
		return int64(bits.OnesCount32(free))
	}
	n := int64(0)
	for ; free != 0; free &= free - 1 {
		n += b.Place(free).Count()
	}
	return n
}
