package compile

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// constants hoists local constants to the top of the package, each by itself. Its expression stays,
// but for one that depends on where it stands: with iota, with the length of a local array, or that
// of the line before. Its value is written then.
func (c *comp) constants(d *ast.GenDecl) {
	for _, s := range d.Specs {
		s := s.(*ast.ValueSpec)
		for i, id := range s.Names {
			o, ok := c.info.Defs[id].(*types.Const)
			if !ok || c.renamed[o] == "" {
				continue
			}
			text, typ := c.constantText(o), ""
			if i < len(s.Values) && !c.dependsOnPlace(s.Values[i], s.Pos()) {
				text = (&rend{c: c}).node(s.Values[i], false)
			}
			if b, ok := o.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
				typ = " " + c.file.typ(c, o.Type())
			}
			c.hoisted = append(c.hoisted, "const "+c.renamed[o]+typ+" = "+text)
		}
	}
}

// dependsOnPlace reports whether a constant expression is another one, or none, at the top of the
// package: one with iota, or with a variable. Where it is repeated, the type checker takes its names
// for what they are in the repetition, so one may be declared later than the expression.
func (c *comp) dependsOnPlace(e ast.Expr, from token.Pos) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			o := c.info.Uses[id]
			_, variable := o.(*types.Var)
			found = found || o == types.Universe.Lookup("iota") || o != nil && c.local(o) && (variable || o.Pos() >= from)
		}
		return !found
	})
	return found
}

// localType hoists a local type. It keeps its name, which programs print.
func (c *comp) localType(s *ast.TypeSpec) string {
	prog, name := c.file.prog, s.Name.Name
	if c.taken[name] || prog.top[name] || prog.reserved[name] || prog.imported[name] {
		c.refuse(s.Pos(), "the local type %s has to be declared at the top of the package, where that name is taken; call it something else", name)
	}
	prog.reserved[name], c.taken[name] = true, true
	ast.Inspect(s.Type, func(n ast.Node) bool {
		if a, ok := n.(*ast.ArrayType); ok && a.Len != nil && c.dependsOnPlace(a.Len, s.Pos()) {
			if v := c.info.Types[a.Len].Value; v != nil {
				c.subst[a.Len] = []any{v.ExactString()}
			}
		}
		return true
	})
	return name
}

// reserve returns a name for what is hoisted: one that nothing in the package has, nor in the
// function.
func (c *comp) reserve(own string) string {
	for {
		if n := c.file.reserve(lower(c.m.fn) + upper(own)); !c.idents[n] {
			return n
		}
	}
}

// constantText writes the exact value of a constant, so that an untyped one keeps its kind.
func (c *comp) constantText(o *types.Const) string {
	v := o.Val()
	b, _ := o.Type().Underlying().(*types.Basic)
	switch {
	case b == nil:
	case b.Info()&types.IsComplex != 0:
		v = constant.ToComplex(v)
		return "(" + floatText(constant.Real(v)) + " + " + floatText(constant.Imag(v)) + "*1i)"
	case b.Info()&types.IsFloat != 0:
		return floatText(v)
	case b.Kind() == types.UntypedRune:
		return "(" + v.ExactString() + " + '\\x00')"
	}
	return v.ExactString()
}

// floatText writes a quotient of integers, or a hexadecimal number, as a constant with a point.
func floatText(v constant.Value) string {
	num, den, quotient := strings.Cut(constant.ToFloat(v).ExactString(), "/")
	if !quotient {
		if strings.ContainsAny(num, ".pe") {
			return num
		}
		return num + ".0"
	}
	return "(" + num + ".0 / " + den + ".0)"
}
