package compile

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A variable is one of the function's, or a temporary of the compiler's. Names are unique in a
// function, so that scopes can be laid flat.
type variable struct {
	base     string // what it would best be called
	name     string
	typ      types.Type
	obj      types.Object // nil for temporaries
	pos      token.Pos
	captured bool // by a closure, or its address is taken: what is known of its values is nothing
	extern   bool // of the function around a literal
	param    bool
	result   bool
	read     bool   // somewhere
	made     bool   // it has been declared
	spread   bool   // it is set where it cannot be declared
	held     bool   // until the deferred calls have run
	child    bool   // it holds what is awaited
	byPtr    bool   // a child that is held by pointer, as its type would contain itself
	typText  string // instead of typ
	why      string // it is in the frame

	blocks map[*block]bool // that mention it
	where  storage
	slot   *slot // in the frame
}

// storage is where a variable lives.
type storage uint8

const (
	inBlock storage = iota // declared in the one block that mentions it
	inPoll                 // declared at the head of Poll
	inFrame                // a field
)

// A slot is a field of the frame.
type slot struct {
	name string
	typ  string
	vars []*variable
}

// boxed reports whether the variable is made anew, by new, at each declaration, since what points
// to it may outlive it. One that stays in a block needs no box: there Go does the same.
func (v *variable) boxed() bool { return v.captured && v.where != inBlock }

// A block is straight code: it is entered at its head and left at its end.
type block struct {
	n     int
	nodes []*node
	term  term
	// resume is set for a block that begins with the poll of what is awaited.
	resume *await

	preds int
	seen  bool
	first *block // the block it is merged into
	state int    // -1: none
	in    varset // live at its head
}

// A node is a piece of code: text, mixed with what is rendered only when it is known where the
// variables live.
type node struct {
	pos    token.Pos
	parts  []any // string, ref, box, ast.Node, func(*emitter) string
	reads  []*variable
	kills  []*variable // set, whatever they were
	writes []*variable // touched in another way
	decls  []*variable // among kills: this is where they begin
	assign *assign     // instead of parts
	ends   bool        // control does not go on after it
	exits  []*block    // where control may also go
	defers bool        // it pushes deferred calls
}

type ref struct{ v *variable }

// raw is a node that is rendered as it is, though something stands in its place afterwards.
type raw struct{ ast.Node }

// assign is lhs... = rhs..., or := for those that are declared by it.
type assign struct {
	lhs   []any // *variable, parts, or nil for _
	decl  []bool
	rhs   []any // parts, separated by commas where separate; none: zero values
	typed bool  // := would give another type
}

// term is how a block ends.
type term interface{ targets() []*block }

type jump struct{ to *block }

type branch struct {
	node    *node // the condition
	yes, no *block
	pos     token.Pos
}

// dispatch is a statement of Go whose clauses jump.
type dispatch struct{ node *node }

type ret struct{ node *node }

// await is an awaited operation. The block that sets it up ends with it; the block next polls it.
type await struct {
	pos     token.Pos
	what    string // as the source has it
	setup   *node  // of the child
	child   *variable
	result  []any // targets as in assign; filled from the results by shape
	decl    []bool
	shape   shape
	results *types.Tuple
	drop    dropKind
	next    *block
	fin     *node // assigns the results
	n       int   // its number, from 1
	tail    bool
	wait    *waiting
	clears  []*slot // hold what is dead, when the child is set up
}

type dropKind uint8

const (
	noDrop dropKind = iota
	dropMethod
	dropAny // it may have a method Drop
)

// shape is how a future's outcome becomes the results of what is awaited.
type shape struct {
	values int
	err    bool
	strct  bool // of a struct with R0, R1...
}

func (j *jump) targets() []*block     { return []*block{j.to} }
func (b *branch) targets() []*block   { return []*block{b.yes, b.no} }
func (d *dispatch) targets() []*block { return d.node.exits }
func (r *ret) targets() []*block      { return nil }
func (a *await) targets() []*block    { return []*block{a.next} }

// flow is where break and continue lead to.
type flow struct {
	label string
	brk   *block
	cont  *block // nil for switch and select
}

// cursor is where code is being added.
type cursor struct {
	blocks []*block
	cur    *block
	seq    int
	entry  *block
}

func (c *cursor) newBlock() *block {
	b := &block{state: -1}
	c.blocks = append(c.blocks, b)
	return b
}

// to ends the current block with t and goes on at next.
func (c *cursor) to(t term, next *block) {
	if c.cur.term == nil {
		c.number()
		c.cur.term = t
	}
	c.cur = next
}

func (c *cursor) add(n *node) {
	if c.cur.term != nil { // what follows a jump is dead
		c.cur = c.newBlock()
	}
	c.number()
	c.cur.nodes = append(c.cur.nodes, n)
}

// number gives the current block its place, in the order of the source.
func (c *cursor) number() {
	if c.cur.n == 0 {
		c.seq++
		c.cur.n = c.seq
	}
}

type span struct{ from, to token.Pos }

func (s span) Pos() token.Pos { return s.from }
func (s span) End() token.Pos { return s.to }

var _ ast.Node = span{}

// retPart renders as a return: of the statement, or at the end of the body.
type retPart struct{ s *ast.ReturnStmt }
