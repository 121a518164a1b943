package compile

import "go/types"

// keeps reports whether a field may keep something alive.
func (p *program) keeps(s *slot) bool {
	v := s.vars[0]
	return v.typ == nil || v.byPtr || v.boxed() || p.pointers(v.typ, 0)
}

// pointers reports whether a value of a type may. A machine that is made in the same run is a stub
// to the type checker; its frame tells.
func (p *program) pointers(t types.Type, depth int) bool {
	if depth > 20 {
		return true
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		if bare, made := p.plan.bare[n.Obj().Pkg().Path()+"."+n.Obj().Name()]; made {
			return !bare
		}
		if c := p.compiled[n.Obj().Name()]; c != nil && n.Obj().Pkg() == c.pkg.Types {
			return !p.bare(c)
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer
	case *types.Array:
		return p.pointers(u.Elem(), depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			if p.pointers(u.Field(i).Type(), depth+1) {
				return true
			}
		}
		return false
	}
	return true
}

// bare reports whether a machine keeps nothing alive.
func (p *program) bare(c *comp) bool {
	if c.defers != nil || c.unwinds {
		return false
	}
	for _, s := range c.frame {
		if p.keeps(s) {
			return false
		}
	}
	return true
}
