package compile

import (
	"fmt"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// typeOf returns the type of a variable as text: of its value, not of the box.
func (c *comp) typeOf(v *variable) string {
	if v.typText != "" {
		return v.typText
	}
	t := c.file.typ(c, v.typ)
	if v.byPtr {
		t = "*" + t
	}
	return t
}

// nameable reports whether the package can write a type down.
func (f *fileGen) nameable(t types.Type) bool {
	switch t := t.(type) {
	case *types.Alias:
		if t.Obj().Exported() || t.Obj().Pkg() == nil || t.Obj().Pkg() == f.pkg.Types {
			return true
		}
		return f.nameable(types.Unalias(t))
	case *types.Named:
		o := t.Obj()
		if o.Pkg() != nil && o.Pkg() != f.pkg.Types && !o.Exported() {
			return false
		}
		for i := range t.TypeArgs().Len() {
			if !f.nameable(t.TypeArgs().At(i)) {
				return false
			}
		}
	case *types.Pointer:
		return f.nameable(t.Elem())
	case *types.Slice:
		return f.nameable(t.Elem())
	case *types.Array:
		return f.nameable(t.Elem())
	case *types.Chan:
		return f.nameable(t.Elem())
	case *types.Map:
		return f.nameable(t.Key()) && f.nameable(t.Elem())
	case *types.Signature:
		for _, l := range []*types.Tuple{t.Params(), t.Results()} {
			for i := range l.Len() {
				if !f.nameable(l.At(i).Type()) {
					return false
				}
			}
		}
	case *types.Struct:
		for i := range t.NumFields() {
			if v := t.Field(i); !v.Exported() && v.Pkg() != f.pkg.Types || !f.nameable(v.Type()) {
				return false
			}
		}
	}
	return true
}

// typ writes a type down.
func (f *fileGen) typ(c *comp, t types.Type) string {
	if !f.nameable(t) {
		c.refuse(c.decl.Pos(), "a value of type %s, which this package cannot name, is kept across an await; give it another type", t)
	}
	s := f.write(c, t)
	return s
}

func (f *fileGen) write(c *comp, t types.Type) string {
	w := func(t types.Type) string { return f.write(c, t) }
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return f.importName("unsafe", "unsafe") + ".Pointer"
		}
		return c.predeclared(types.Default(t).String())
	case *types.Alias:
		if o := t.Obj(); o.Pkg() == nil || o.Pkg() != f.pkg.Types && !o.Exported() {
			return w(types.Unalias(t))
		}
		return f.named(c, t.Obj(), t.TypeArgs())
	case *types.Named:
		return f.named(c, t.Obj(), t.TypeArgs())
	case *types.TypeParam:
		return notBlank(t.Obj().Name(), t.Index())
	case *types.Pointer:
		return "*" + w(t.Elem())
	case *types.Slice:
		return "[]" + w(t.Elem())
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + w(t.Elem())
	case *types.Map:
		return "map[" + w(t.Key()) + "]" + w(t.Elem())
	case *types.Chan:
		switch t.Dir() {
		case types.SendOnly:
			return "chan<- (" + w(t.Elem()) + ")"
		case types.RecvOnly:
			return "<-chan (" + w(t.Elem()) + ")"
		}
		return "chan (" + w(t.Elem()) + ")"
	case *types.Signature:
		return "func" + f.signature(c, t)
	case *types.Struct:
		var fs []string
		for i := range t.NumFields() {
			v := t.Field(i)
			s := w(v.Type())
			if !v.Embedded() {
				s = v.Name() + " " + s
			}
			if tag := t.Tag(i); tag != "" {
				s += " " + strconv.Quote(tag)
			}
			fs = append(fs, s)
		}
		return "struct{" + strings.Join(fs, "; ") + "}"
	case *types.Interface:
		return f.iface(c, t)
	case *types.Union:
		var ts []string
		for i := range t.Len() {
			s := w(t.Term(i).Type())
			if t.Term(i).Tilde() {
				s = "~" + s
			}
			ts = append(ts, s)
		}
		return strings.Join(ts, " | ")
	}
	c.refuse(c.decl.Pos(), "a value of type %s is kept across an await", t)
	return ""
}

func (f *fileGen) named(c *comp, o *types.TypeName, targs *types.TypeList) string {
	s := o.Name()
	if o.Pkg() == nil {
		return c.predeclared(s)
	}
	if n, ok := c.renamed[o]; ok {
		s = n
	} else if o.Pkg() != nil && o.Pkg() != f.pkg.Types {
		s = f.importName(o.Pkg().Path(), o.Pkg().Name()) + "." + s
	} else if o.Pkg() != nil && o.Parent() != o.Pkg().Scope() && o.Parent() != nil {
		c.refuse(o.Pos(), "a value of the local type %s is kept across an await outside of its scope", s)
	}
	if targs.Len() > 0 {
		var ts []string
		for i := range targs.Len() {
			ts = append(ts, f.write(c, targs.At(i)))
		}
		s += "[" + strings.Join(ts, ", ") + "]"
	}
	return s
}

func (f *fileGen) signature(c *comp, t *types.Signature) string {
	var ps []string
	for i := range t.Params().Len() {
		p := t.Params().At(i).Type()
		if t.Variadic() && i == t.Params().Len()-1 {
			ps = append(ps, "..."+f.write(c, p.(*types.Slice).Elem()))
			continue
		}
		ps = append(ps, f.write(c, p))
	}
	var rs []string
	for i := range t.Results().Len() {
		rs = append(rs, f.write(c, t.Results().At(i).Type()))
	}
	s := "(" + strings.Join(ps, ", ") + ")"
	if len(rs) > 0 {
		s += " (" + strings.Join(rs, ", ") + ")"
	}
	return s
}

func (f *fileGen) iface(c *comp, t *types.Interface) string {
	if t.Empty() {
		if f.pkg.Types.Scope().Lookup("any") != nil {
			return "interface{}"
		}
		return "any"
	}
	var ms []string
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		ms = append(ms, m.Name()+f.signature(c, m.Signature()))
	}
	for i := range t.NumEmbeddeds() {
		ms = append(ms, f.write(c, t.EmbeddedType(i)))
	}
	return "interface{ " + strings.Join(ms, "; ") + " }"
}

// constraint writes the constraint of a type parameter.
func (f *fileGen) constraint(c *comp, t types.Type) string {
	if i, ok := t.(*types.Interface); ok && i.IsImplicit() && i.NumEmbeddeds() == 1 {
		if s := f.write(c, i.EmbeddedType(0)); !strings.HasPrefix(s, "*") { // [P *S] would be an array
			return s
		}
		return "interface{ " + f.write(c, i.EmbeddedType(0)) + " }"
	}
	return f.write(c, t)
}

// zero writes the zero value of a type.
func (f *fileGen) zero(c *comp, t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsBoolean != 0:
			return c.predeclared("false")
		case u.Info()&types.IsNumeric != 0:
			return "0"
		}
		return "nil"
	case *types.Struct, *types.Array:
		return f.typ(c, t) + "{}"
	case *types.Interface:
		if _, ok := types.Unalias(t).(*types.TypeParam); ok {
			return "*" + c.predeclared("new") + "(" + f.typ(c, t) + ")"
		}
	}
	return "nil"
}

func (r refusal) at(fset *token.FileSet) string {
	p := fset.PositionFor(r.pos, false)
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}
