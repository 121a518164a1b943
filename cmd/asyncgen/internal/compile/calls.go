package compile

import (
	"go/ast"
	"go/token"
	"go/types"
)

// generic returns a function or type without its type arguments.
func generic(e ast.Expr) ast.Expr {
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return ast.Unparen(x.X)
	case *ast.IndexListExpr:
		return ast.Unparen(x.X)
	default:
		return x
	}
}

// callee returns what a call calls, if that is known: a function, method or interface method.
func (c *comp) callee(call *ast.CallExpr) (*types.Func, *ast.Ident) {
	var id *ast.Ident
	switch x := generic(call.Fun).(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil, nil
	}
	f, _ := c.info.Uses[id].(*types.Func)
	return f, id
}

func (c *comp) classify(call *ast.CallExpr, known map[*ast.Ident]bool) *waiting {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if id := c.isCo(sel.X); id != nil {
			return c.method(call, sel, id, known)
		}
	}
	if c.info.Types[call.Fun].IsType() {
		return nil
	}
	sig, ok := c.info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	for i, a := range call.Args {
		id := c.isCo(a)
		if id == nil {
			continue
		}
		if i == 0 && isCoType(param(sig, 0)) {
			w := c.literalCall(call, sig)
			if w == nil {
				w = c.wait(call, sig)
			}
			if w != nil {
				known[id] = true
			}
			return w
		}
		if t := param(sig, i); t != nil && c.takesContext(t) {
			known[id] = true
			c.coText[id] = "\x00cx"
		}
	}
	return nil
}

// method classifies a call of one of co's methods.
func (c *comp) method(call *ast.CallExpr, sel *ast.SelectorExpr, id *ast.Ident, known map[*ast.Ident]bool) *waiting {
	switch sel.Sel.Name {
	case "Context":
		known[id] = true
		c.coText[call] = "\x00cx"
	case "Dropped":
		known[id] = true
		c.coText[call] = c.predeclared("false")
	case "Yield":
		known[id] = true
		t := c.file.futureType("Yield")
		if t == nil {
			c.refuse(call.Pos(), "package future has no Yield")
		}
		return &waiting{kind: onYield, call: call, child: t, sig: types.NewSignatureType(nil, nil, nil, nil, nil, false)}
	}
	return nil
}

func (c *comp) wait(call *ast.CallExpr, sig *types.Signature) *waiting {
	w := &waiting{call: call, sig: sig, shape: shapeOf(sig.Results())}
	if call.Ellipsis != token.NoPos && len(call.Args) == 1 {
		return nil
	}
	fn, id := c.callee(call)
	if fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == futurePath && fn.Name() == "Await" && fn.Signature().Recv() == nil && len(call.Args) == 2 {
		w.kind, w.child = onFuture, c.info.TypeOf(call.Args[1])
		if !c.file.nameable(w.child) || types.IsInterface(w.child) { // Future[T]
			w.child = sig.Params().At(1).Type()
		}
		w.conc = !types.IsInterface(w.child)
		if b, ok := w.child.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			w.child, w.conc = sig.Params().At(1).Type(), false
		}
		return w
	}
	if fn != nil && fn.Name() == "Await" && len(call.Args) == 1 && fn.Signature().Recv() != nil {
		if t := c.opType(call); t != nil {
			w.kind, w.child, w.conc = onOp, t, true
			return w
		}
	}
	if fn != nil {
		t, name := c.constructor(call, fn, id)
		if t != nil {
			w.kind, w.child, w.conc, w.ctor, w.fn = onCall, t, true, name, fn
			w.shape = shapeOf(fn.Origin().Signature().Results()) // a T is a value, also where it is an error
			return w
		}
		if name == "" && (fn.Signature().Recv() == nil || !types.IsInterface(fn.Signature().Recv().Type())) {
			if why := c.file.prog.mayKeep(fn.Origin(), map[*types.Func]bool{}); why != "" {
				c.refuse(call.Pos(), "%s, which is not marked %s, is given co and %s; mark it too", c.text(call.Fun), marker, why)
			}
		}
	}
	w.kind = onBoxed
	return w
}

// opType returns the type of an operation by value: its method Await is on the value, and the
// pointer to it can be polled.
func (c *comp) opType(call *ast.CallExpr) types.Type {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	s := c.info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || len(s.Index()) != 1 {
		return nil
	}
	t := s.Recv()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if types.IsInterface(t) || !c.file.nameable(t) {
		return nil
	}
	if r := s.Obj().(*types.Func).Signature().Recv(); r == nil {
		return nil
	} else if _, ok := types.Unalias(r.Type()).(*types.Pointer); ok {
		return nil
	}
	poll, at, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, c.pkg.Types, "Poll")
	f, ok := poll.(*types.Func)
	if !ok || len(at) != 1 { // that of an embedded type, which knows nothing of an Await around its own
		return nil
	}
	if !c.isPoll(f.Signature(), s.Obj().(*types.Func).Signature()) {
		return nil
	}
	return t
}

// isPoll reports whether poll is the Poll of a future of what await returns.
func (c *comp) isPoll(poll, await *types.Signature) bool {
	if poll.Params().Len() != 1 || poll.Results().Len() != 1 || await.Results().Len() != 2 {
		return false
	}
	n, ok := types.Unalias(poll.Results().At(0).Type()).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != futurePath || n.Obj().Name() != "Poll" {
		return false
	}
	return types.Identical(n.TypeArgs().At(0), await.Results().At(0).Type()) && isError(await.Results().At(1).Type())
}

// constructor returns the machine's type of a marked function that is called, and the name of its
// constructor. The type is nil if this package cannot name it, as that of a method of another one's
// hidden type.
func (c *comp) constructor(call *ast.CallExpr, fn *types.Func, id *ast.Ident) (types.Type, string) {
	if d, ok := c.file.prog.decls[fn.Origin()]; ok && !marked(d.decl.Doc) {
		return nil, "" // what has the name of its machine is somebody's own
	}
	name := fn.Name() + "Async"
	var sig *types.Signature
	if fn.Signature().Recv() == nil {
		f, ok := fn.Pkg().Scope().Lookup(name).(*types.Func)
		if !ok || fn.Parent() != fn.Pkg().Scope() {
			return nil, ""
		}
		sig = f.Signature()
		if targs := c.info.Instances[id].TypeArgs; targs.Len() > 0 {
			var ts []types.Type
			for i := range targs.Len() {
				ts = append(ts, targs.At(i))
			}
			t, err := types.Instantiate(nil, sig, ts, false)
			if err != nil {
				return nil, ""
			}
			sig = t.(*types.Signature)
		}
	} else {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || c.info.Selections[sel] == nil || c.info.Selections[sel].Kind() != types.MethodVal {
			return nil, "" // a method expression
		}
		if types.IsInterface(fn.Signature().Recv().Type()) {
			return nil, ""
		}
		o, _, _ := types.LookupFieldOrMethod(c.info.Selections[sel].Recv(), true, c.pkg.Types, name)
		f, ok := o.(*types.Func)
		if !ok {
			return nil, ""
		}
		sig = f.Signature()
	}
	if sig.Results().Len() != 1 {
		return nil, ""
	}
	t := sig.Results().At(0).Type()
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || !isMachineName(n.Obj().Name()) {
		return nil, ""
	}
	if !c.file.nameable(t) {
		return nil, name
	}
	return t, name
}

func isMachineName(s string) bool { return len(s) > 7 && s[len(s)-7:] == "Machine" }

// takesContext reports whether a parameter of type t is content with a *waker.Context in the place
// of co.
func (c *comp) takesContext(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	if !ok || c.file.context == nil || i.NumMethods() == 0 {
		return false
	}
	return types.Implements(c.file.context, i) && types.Implements(c.co.Type(), i)
}

func param(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		return sig.Params().At(n - 1).Type().(*types.Slice).Elem()
	}
	if i >= n {
		return nil
	}
	return sig.Params().At(i).Type()
}

func isCoType(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == futurePath && n.Obj().Name() == "Co"
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

func shapeOf(r *types.Tuple) shape {
	s := shape{values: r.Len()}
	if s.values > 0 && isError(r.At(r.Len()-1).Type()) {
		s.err = true
		s.values--
	}
	s.strct = s.values > 1
	return s
}
