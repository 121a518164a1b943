package compile

import (
	"go/ast"
	"go/token"
	"go/types"
)

// declare finds the variables that are laid flat: those whose scopes contain awaits.
func (c *comp) declare() {
	add := func(o types.Object) *variable {
		v := c.newVar(o.Name(), o.Type(), o.Pos())
		v.obj = o
		c.vars[o] = v
		return v
	}
	parameter := func(o *types.Var) {
		if o.Name() == "" || o.Name() == "_" {
			c.params = append(c.params, nil)
			return
		}
		v := add(o)
		v.param = true
		c.params = append(c.params, v)
	}
	if r := c.sig.Recv(); r != nil {
		parameter(r)
	}
	first := 1
	if c.literal != nil && (c.sig.Params().Len() == 0 || c.sig.Params().At(0) != c.co) {
		first = 0
	}
	for i := first; i < c.sig.Params().Len(); i++ {
		parameter(c.sig.Params().At(i))
	}
	for i := range c.sig.Results().Len() {
		if r := c.sig.Results().At(i); r.Name() != "" {
			v := add(r)
			if r.Name() == "_" {
				v.name = c.fresh("r") // several may be without a name
			}
			v.result = true
			c.results = append(c.results, v)
		}
	}
	c.externs()
	c.flatScopes(c.decl.Body, func(id *ast.Ident, o types.Object) {
		if c.named[o] == nil {
			add(o)
		}
	})
}

// flatScopes calls found for each variable declared outside of what is kept as it is.
func (c *comp) flatScopes(body ast.Node, found func(*ast.Ident, types.Object)) {
	var walk func(n ast.Node)
	define := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok {
			if o := c.info.Defs[id]; o != nil && id.Name != "_" {
				found(id, o)
			}
		}
	}
	list := func(l []ast.Stmt) {
		for _, s := range l {
			walk(s)
		}
	}
	walk = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					define(e)
				}
			}
			return
		case *ast.DeclStmt:
			c.hoist(n.Decl.(*ast.GenDecl), define)
			return
		case *ast.LabeledStmt:
			if l := c.info.Defs[n.Label]; c.gotos[l] {
				c.labels[l] = c.newBlock()
			}
			walk(n.Stmt)
			return
		}
		if n == nil || !c.low[n] {
			return
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			list(n.List)
		case *ast.IfStmt:
			if n.Init != nil {
				walk(n.Init)
			}
			list(n.Body.List)
			if n.Else != nil {
				if b, ok := n.Else.(*ast.BlockStmt); ok {
					list(b.List)
				} else {
					c.low[n.Else] = true // an else-if of what is lowered is lowered
					walk(n.Else)
				}
			}
		case *ast.ForStmt:
			if n.Init != nil {
				walk(n.Init)
			}
			list(n.Body.List)
		case *ast.RangeStmt:
			if !c.loops(n) {
				return
			}
			if n.Tok == token.DEFINE {
				for _, e := range []ast.Expr{n.Key, n.Value} {
					if e != nil {
						define(e)
					}
				}
			}
			list(n.Body.List)
		case *ast.SwitchStmt:
			if n.Init != nil {
				walk(n.Init)
			}
			for _, s := range n.Body.List {
				list(s.(*ast.CaseClause).Body)
			}
		case *ast.TypeSwitchStmt:
			if n.Init != nil {
				walk(n.Init)
			}
			for _, s := range n.Body.List {
				if o := c.info.Implicits[s]; o != nil {
					found(nil, o)
				}
				list(s.(*ast.CaseClause).Body)
			}
		case *ast.SelectStmt:
			for _, s := range n.Body.List {
				cc := s.(*ast.CommClause)
				if a, ok := cc.Comm.(*ast.AssignStmt); ok {
					walk(a)
				}
				list(cc.Body)
			}
		}
	}
	list(body.(*ast.BlockStmt).List)
}

// hoist notes the types and constants of a declaration, which are declared outside, and its
// variables.
func (c *comp) hoist(d *ast.GenDecl, define func(ast.Expr)) {
	switch d.Tok {
	case token.VAR:
		for _, s := range d.Specs {
			for _, id := range s.(*ast.ValueSpec).Names {
				define(id)
			}
		}
	case token.CONST:
		for _, s := range d.Specs {
			for _, id := range s.(*ast.ValueSpec).Names {
				if o := c.info.Defs[id]; o != nil && id.Name != "_" {
					c.renamed[o] = c.reserve(id.Name)
				}
			}
		}
	case token.TYPE:
		for _, s := range d.Specs {
			id := s.(*ast.TypeSpec).Name
			if o := c.info.Defs[id]; o != nil && id.Name != "_" {
				if c.sig.TypeParams().Len() > 0 || c.sig.RecvTypeParams().Len() > 0 {
					c.refuse(id.Pos(), "type %s is declared inside a generic async function; declare it outside", id.Name)
				}
				c.renamed[o] = c.localType(s.(*ast.TypeSpec))
			}
		}
	}
}
