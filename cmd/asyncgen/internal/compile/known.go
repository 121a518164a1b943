package compile

import (
	"go/ast"
	"go/token"
)

// known notes which variables a node mentions, and how, and in which block.
func (c *comp) known(n *node) *node {
	for _, p := range n.parts {
		c.mention(p, n)
	}
	if a := n.assign; a != nil {
		for _, p := range a.rhs {
			c.mention(p, n)
		}
		for i, t := range a.lhs {
			switch t := t.(type) {
			case *variable:
				c.assigned(t, a.decl[i], n)
			case []any:
				for _, p := range t {
					c.mention(p, n)
				}
			}
		}
	}
	return n
}

// assigned notes that v is set as a whole. If something points to v, that is a use of where it
// is; only its declaration makes a new one.
func (c *comp) assigned(v *variable, decl bool, n *node) {
	if v.captured && !decl {
		n.reads = append(n.reads, v)
		n.writes = append(n.writes, v)
		return
	}
	n.kills = append(n.kills, v)
	if decl {
		n.decls = append(n.decls, v)
	}
}

func (c *comp) mention(p any, n *node) {
	switch p := p.(type) {
	case ref:
		n.reads = append(n.reads, p.v)
	case begin:
		n.kills = append(n.kills, p.v)
	case making:
		c.mentionNode(p.sub.literal.lit, n, true)
		for i, e := range p.arguments() {
			if !p.unnamed(i) {
				c.mentionNode(e, n, false)
			}
		}
	case raw:
		c.mentionNode(p.Node, n, true)
	case retPart:
		if p.s != nil {
			for _, e := range p.s.Results {
				c.mentionNode(e, n, false)
			}
		}
		if c.returnsByName(p.s) {
			n.reads = append(n.reads, c.results...)
		}
	case ast.Node:
		c.mentionNode(p, n, false)
	}
}

// returnsByName reports whether a return reads the named results.
func (c *comp) returnsByName(s *ast.ReturnStmt) bool {
	if len(c.results) == 0 || c.deferring() {
		return false
	}
	if s == nil || len(s.Results) == 0 {
		return true
	}
	for _, v := range c.results {
		if v.captured {
			return true
		}
	}
	return false
}

// mentionNode walks what is kept of the source. Anything but the whole left side of an assignment
// is a use. Nothing in it is certain to happen.
func (c *comp) mentionNode(root ast.Node, n *node, asItIs bool) {
	lhs := map[*ast.Ident]bool{}
	ast.Inspect(root, func(x ast.Node) bool {
		if s, ok := c.subst[x]; ok && x != nil && !(asItIs && x == root) {
			for _, p := range s {
				c.mention(p, n)
			}
			return false
		}
		switch x := x.(type) {
		case *ast.AssignStmt:
			if x.Tok == token.ASSIGN {
				for _, e := range x.Lhs {
					if id, ok := ast.Unparen(e).(*ast.Ident); ok {
						lhs[id] = true
					}
				}
			}
		case *ast.ReturnStmt:
			if c.ours(x) && c.returnsByName(x) {
				n.reads = append(n.reads, c.results...)
			}
		case *ast.Ident:
			v := c.vars[c.info.Uses[x]]
			if v == nil {
				v = c.vars[c.info.Defs[x]]
			}
			if v == nil {
				break
			}
			n.writes = append(n.writes, v)
			if !lhs[x] || v.captured {
				n.reads = append(n.reads, v)
			}
		}
		return true
	})
}

// ours reports whether a return statement is one of the function itself, and not of a literal in it.
func (c *comp) ours(s *ast.ReturnStmt) bool { return c.own[s] }

// mentions calls f for each variable that a node mentions.
func (n *node) mentions(f func(*variable)) {
	for _, l := range [][]*variable{n.reads, n.kills, n.writes} {
		for _, v := range l {
			f(v)
		}
	}
}
