package compile

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// setup makes the code that puts a child into its field: its operands are lifted first.
func (c *comp) setup(w *waiting, a *await) {
	call := w.call
	switch w.kind {
	case onFuture:
		f := call.Args[1]
		c.lift(f, false)
		a.child = c.child(hint(f), w.child, call)
		if w.conc {
			c.hold(a, c.parts(f)...)
		} else {
			value := types.Unalias(w.child).(*types.Named).TypeArgs().At(0)
			c.hold(a, append(append([]any{c.glue.machine + ".NotNil[" + c.file.typ(c, value) + "]("}, c.parts(f)...), ")")...)
		}
	case onOp:
		x := ast.Unparen(call.Fun).(*ast.SelectorExpr).X
		c.lift(x, false)
		a.child = c.child(hint(x), w.child, call)
		if _, ptr := types.Unalias(c.info.TypeOf(x)).(*types.Pointer); ptr {
			c.hold(a, append([]any{"*"}, c.parts(x)...)...)
		} else {
			c.hold(a, c.parts(x)...)
		}
	case onLiteral:
		args := making{w.sub, call}
		c.list(args.arguments(), false)
		for i, x := range args.arguments() {
			if args.unnamed(i) && !c.constant(x) {
				c.keep(x, "arg")
			}
		}
		a.child = c.child(w.sub.childName(), w.child, call)
		c.hold(a, args)
	case onYield:
		a.child = c.child("yield", w.child, call)
		c.hold(a, c.glue.future+".Yield()")
	case onCall:
		c.lift(call.Fun, c.lowAny(call.Args[1:]...))
		c.list(call.Args[1:], false)
		a.child = c.child(lower(w.fn.Name()), w.child, call)
		c.hold(a, c.ctorCall(w)...)
	case onBoxed:
		c.lift(call.Fun, c.lowAny(call.Args[1:]...))
		c.list(call.Args[1:], false)
		value := c.valueType(w.sig)
		t := c.file.futureOf(value)
		a.child = c.child(hint(call.Fun), t, call)
		c.boxed(w, a)
	}
	a.drop = c.dropOf(a.child.typ)
}

func (c *comp) child(hint string, t types.Type, at ast.Node) *variable {
	v := c.temp(hint, t, at.Pos())
	v.child = true
	return v
}

// hold adds the assignment of the child. It belongs to the node a.setup, which is added last.
func (c *comp) hold(a *await, parts ...any) {
	if a.child.byPtr = c.file.prog.contains(a.child.typ, c.m); a.child.byPtr {
		parts = append(append([]any{c.glue.machine + ".Box("}, parts...), ")")
	}
	a.setup.assign = &assign{lhs: []any{a.child}, decl: []bool{false}, rhs: parts}
}

// ctorCall renders the call of a constructor from that of its function: with another name, with
// its type arguments, and without co.
func (c *comp) ctorCall(w *waiting) []any {
	call := w.call
	var parts []any
	_, id := c.callee(call)
	fun := generic(call.Fun)
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		parts = append(parts, c.parts(sel.X)...)
		parts = append(parts, ".")
	}
	name := w.ctor
	if targs := c.info.Instances[id].TypeArgs; w.fn.Signature().Recv() == nil && targs.Len() > 0 {
		var ts []string
		for i := range targs.Len() {
			ts = append(ts, c.file.typ(c, targs.At(i)))
		}
		name += "[" + strings.Join(ts, ", ") + "]"
	}
	parts = append(parts, name+"(")
	return append(parts, c.args(call, 1)...)
}

// args renders the arguments of a call from the n-th on, and the closing parenthesis.
func (c *comp) args(call *ast.CallExpr, n int) []any {
	var parts []any
	for i, x := range call.Args[n:] {
		if i > 0 {
			parts = append(parts, ", ")
		}
		parts = append(parts, c.parts(x)...)
	}
	if call.Ellipsis.IsValid() {
		parts = append(parts, "...")
	}
	return append(parts, ")")
}

// boxed puts a call of what is not known onto a coroutine of its own. What it is called with is
// evaluated before.
func (c *comp) boxed(w *waiting, a *await) {
	call := w.call
	var head []any
	fn, _ := c.callee(call)
	static := fn != nil && fn.Signature().Recv() == nil
	fun := c.parts(call.Fun)
	if !static {
		v := c.temp("fn", c.info.TypeOf(call.Fun), call.Pos())
		v.captured = true
		c.set(call.Pos(), v, fun...)
		fun = []any{ref{v}}
	}
	co := c.fresh("co")
	inner := append(append([]any{}, fun...), "("+co)
	for i, x := range call.Args[1:] {
		inner = append(inner, ", ")
		tv := c.info.Types[x]
		if tv.Value != nil || tv.IsNil() {
			inner = append(inner, c.parts(x)...)
			continue
		}
		t := param(w.sig, i+1)
		if call.Ellipsis.IsValid() && i == len(call.Args)-2 {
			t = w.sig.Params().At(w.sig.Params().Len() - 1).Type()
		}
		v := c.temp("arg", t, call.Pos())
		v.captured = true
		c.set(call.Pos(), v, c.conv(x, t)...)
		inner = append(inner, ref{v})
	}
	if call.Ellipsis.IsValid() {
		inner = append(inner, "...")
	}
	inner = append(inner, ")")
	value := c.valueType(w.sig)
	vt := c.file.typ(c, value)
	head = append(head, c.glue.future+".Async(func("+co+" *"+c.glue.future+".Co) ("+vt+", error) {\n")
	unit := c.glue.future + ".Unit{}"
	switch s := w.shape; {
	case s.values == 1 && s.err:
		head = append(append(head, "return "), inner...)
	case s.values == 1:
		head = append(append(append(head, "return "), inner...), ", nil")
	case s.values == 0 && s.err:
		head = append(append(head, "return "+unit+", "), inner...)
	case s.values == 0:
		head = append(append(head, inner...), "\nreturn "+unit+", nil")
	default:
		head = append(head, "var r "+vt+"\nvar err error\n")
		for i := range s.values {
			if i > 0 {
				head = append(head, ", ")
			}
			head = append(head, "r.R"+strconv.Itoa(i))
		}
		if s.err {
			head = append(head, ", err")
		}
		head = append(append(append(head, " = "), inner...), "\nreturn r, err")
	}
	c.hold(a, append(head, "\n})")...)
}

// conv renders x as a value of type t.
func (c *comp) conv(x ast.Expr, t types.Type) []any {
	if types.Identical(c.info.TypeOf(x), t) {
		if _, ok := ast.Unparen(x).(*ast.BinaryExpr); !ok {
			return c.parts(x)
		}
	}
	return append(append([]any{"(" + c.file.typ(c, t) + ")("}, c.parts(x)...), ")")
}

// valueType returns the type that a future of these results has.
func (c *comp) valueType(sig *types.Signature) types.Type {
	s := shapeOf(sig.Results())
	switch {
	case s.values == 0:
		return types.NewStruct(nil, nil)
	case s.values == 1:
		return sig.Results().At(0).Type()
	}
	var fs []*types.Var
	for i := range s.values {
		fs = append(fs, types.NewField(0, c.pkg.Types, "R"+strconv.Itoa(i), sig.Results().At(i).Type(), false))
	}
	return types.NewStruct(fs, nil)
}

// dropOf tells how a child of type t is dropped.
func (c *comp) dropOf(t types.Type) dropKind {
	if types.IsInterface(t) {
		return dropAny
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return dropAny
	}
	p := t
	if _, ok := types.Unalias(t).(*types.Pointer); !ok {
		p = types.NewPointer(t)
	}
	o, _, _ := types.LookupFieldOrMethod(p, true, c.pkg.Types, "Drop")
	f, ok := o.(*types.Func)
	if !ok {
		return noDrop
	}
	if f.Signature().Params().Len() == 0 && f.Signature().Results().Len() == 0 {
		return dropMethod
	}
	return noDrop
}

// hint returns a name for a child: that of the method or function that makes it.
func hint(e ast.Expr) string {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.CallExpr:
			e = x.Fun
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.SelectorExpr:
			return lower(strings.TrimSuffix(x.Sel.Name, "Async"))
		case *ast.Ident:
			return lower(strings.TrimSuffix(x.Name, "Async"))
		case *ast.UnaryExpr:
			e = x.X
		case *ast.CompositeLit:
			if x.Type == nil {
				return "child"
			}
			e = x.Type
		case *ast.StarExpr:
			e = x.X
		default:
			return "child"
		}
	}
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:57], "") + "..."
	}
	return s
}
