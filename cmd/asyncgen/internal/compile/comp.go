package compile

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"
)

// comp compiles one function.
type comp struct {
	cursor
	pkg  *packages.Package
	info *types.Info
	fset *token.FileSet
	src  *source
	file *fileGen
	m    *mark
	decl *ast.FuncDecl
	sig  *types.Signature
	co   *types.Var

	idents  unique // all names in the function, and those of the compiler's own
	outer   map[string]bool
	taken   map[string]bool
	vars    map[types.Object]*variable
	renamed map[types.Object]string // local types and constants
	order   []*variable
	hoisted []string // declarations of types and constants, for the file
	results []*variable
	params  []*variable // the receiver first; nil: without a name

	calls                      map[*ast.CallExpr]*waiting // the awaits
	coText                     map[ast.Node]string        // what co.Context() and the like become
	low                        map[ast.Node]bool          // contains an await, or a label that is jumped to from outside
	subst                      map[ast.Node][]any         // what is rendered in the place of a node
	exits                      map[*ast.BranchStmt]*block
	inLoop                     map[ast.Node]bool // exits and the like that stand inside a for statement that is kept
	flows                      []flow
	label                      *ast.LabeledStmt        // the last one that was lowered
	labels                     map[types.Object]*block // that are jumped to from elsewhere
	gotos                      map[types.Object]bool   // labels that a goto names
	awaits                     []*await
	own                        map[*ast.ReturnStmt]bool // the function's own, not those of literals in it
	deferred                   map[*ast.FuncLit]bool    // literals that a defer statement calls
	hasDefer                   bool
	literal                    *literal                // what is compiled is a literal in another function
	unwinds                    bool                    // it calls recover
	subs                       []*comp                 // literals in it that are machines
	asyncs                     map[*ast.CallExpr]*comp // calls of future.Async and future.Do with such a one
	named                      map[types.Object]*comp  // variables that hold such a one, and nothing else
	notes                      []string                // what -v tells of it
	asyncDefers                map[*ast.CallExpr]*asyncDefer
	defers                     *variable
	open                       map[*ast.DeferStmt]*openDefer // nil: the deferred calls are a list
	opened                     []*openDefer
	glue                       glue
	frame                      []*slot
	machineText, coroutineText string
	jumped                     bool // a state is gone on at by a jump
	jumpedOut                  bool // of a loop inside
}

// glue is the names of what the compiler itself adds, none of which the function uses.
type glue struct{ m, cx, state, p, run, future, machine, waker string }

// refusal is why a function is not compiled. A misuse would not run uncompiled either.
type refusal struct {
	pos    token.Pos
	why    string
	misuse bool
}

func (c *comp) refuse(pos token.Pos, format string, args ...any) {
	panic(refusal{pos, fmt.Sprintf(format, args...), false})
}

func (c *comp) misuse(pos token.Pos, format string, args ...any) {
	panic(refusal{pos, fmt.Sprintf(format, args...), true})
}

// begin finds what the function awaits, and finish makes its states. Either says why the function
// is left on the coroutine.
func (c *comp) begin() *refusal {
	return refusing(c.decl.Pos(), func() {
		c.prepare() // also for the coroutine form
		c.findAwaits()
	})
}

func (c *comp) finish() *refusal {
	return refusing(c.decl.Pos(), func() {
		c.findGotos()
		c.declare()
		c.findOpen()
		c.findCaptured()
		c.shareWithLiterals()
		c.findDefers()
		c.cur = c.newBlock()
		c.entry = c.cur
		c.enter()
		c.stmts(c.decl.Body.List)
		c.leave()
		c.link()
		c.place()
		c.clear()
		for _, sub := range c.subs {
			if r := sub.finish(); r != nil {
				panic(*r)
			}
		}
	})
}

// refusing calls f, which works on the function at pos, and returns why it cannot be compiled. A
// fault of asyncgen's own leaves the function on the coroutine too.
func refusing(pos token.Pos, f func()) (refused *refusal) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case refusal:
			refused = &r
		default:
			refused = &refusal{pos: pos, why: fmt.Sprintf("asyncgen fails at it, which is a fault of asyncgen: %v", r)}
		}
	}()
	f()
	return nil
}

// predeclared returns one of Go's own names, which the package may have declared anew.
func (c *comp) predeclared(name string) string {
	if o := c.pkg.Types.Scope().Lookup(name); o != nil {
		c.refuse(o.Pos(), "the package declares %s, and the machine needs Go's own; give it another name", name)
	}
	return name
}

func (c *comp) prepare() {
	if c.literal != nil {
		c.sig = c.info.TypeOf(c.literal.lit).(*types.Signature)
	} else {
		c.sig = c.info.Defs[c.decl.Name].Type().(*types.Signature)
		c.co = c.sig.Params().At(0)
	}
	c.idents, c.outer, c.taken = unique{}, map[string]bool{}, map[string]bool{}
	c.idents.identsOf(c.decl)
	ast.Inspect(c.decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			o := c.info.Uses[id]
			if o == nil {
				o = c.info.Defs[id]
			}
			if o != nil && c.local(o) {
				return true
			}
			c.outer[id.Name] = true
		}
		return true
	})
	for _, n := range []string{"Poll", "Drop", "Await", "Trace"} {
		c.idents[n], c.outer[n] = true, true
	}
	for n := range c.file.reserved {
		c.idents[n], c.outer[n] = true, true
	}
	g := &c.glue
	g.m, g.cx, g.state = c.fresh("m"), c.fresh("cx"), c.fresh("state")
	g.p, g.run = c.fresh("p"), c.fresh("run")
	g.future, g.machine, g.waker = c.file.future, c.file.machine, c.file.waker
	c.vars = map[types.Object]*variable{}
	c.renamed = map[types.Object]string{}
	c.subst = map[ast.Node][]any{}
	c.exits = map[*ast.BranchStmt]*block{}
	c.inLoop = map[ast.Node]bool{}
	c.deferred = map[*ast.FuncLit]bool{}
	c.coText = map[ast.Node]string{}
	c.labels = map[types.Object]*block{}
}

// local reports whether an object is declared inside the function, type parameters aside.
func (c *comp) local(o types.Object) bool {
	if _, ok := o.(*types.TypeName); ok {
		if _, ok := o.Type().(*types.TypeParam); ok {
			return false
		}
	}
	if v, ok := o.(*types.Var); ok && v.IsField() {
		return false
	}
	return c.decl.Pos() <= o.Pos() && o.Pos() < c.decl.End()
}

// fresh returns a name that nothing in the function, at the top of the package or in the universe has.
func (c *comp) fresh(own string) string {
	for {
		if n := c.idents.take(own); !c.file.prog.top[n] {
			return n
		}
	}
}

// name returns a name for a variable that is laid flat: its own, if nothing else has it.
func (c *comp) name(own string) string {
	if own != "" && own != "_" && !c.outer[own] && !c.file.prog.top[own] && !c.taken[own] {
		c.taken[own] = true
		return own
	}
	n := c.fresh(own)
	c.taken[n] = true
	return n
}

func (c *comp) newVar(own string, t types.Type, pos token.Pos) *variable {
	v := &variable{name: c.name(own), base: own, typ: t, pos: pos, blocks: map[*block]bool{}}
	c.order = append(c.order, v)
	return v
}

// temp makes a variable of the compiler's own.
func (c *comp) temp(hint string, t types.Type, pos token.Pos) *variable {
	v := &variable{name: c.fresh(hint), base: hint, typ: t, pos: pos, blocks: map[*block]bool{}}
	c.taken[v.name] = true
	c.order = append(c.order, v)
	return v
}
