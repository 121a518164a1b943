package compile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names is how the outside of a marked function looks: all that the stubs, the machine and the
// coroutine form have in common.
type names struct {
	fn       string // the function's own name
	recv     string // the receiver's type without its parameters, or ""
	ptr      bool   // the receiver is a pointer
	ctor     string // name of the constructor
	machine  string // name of the machine's type
	results  string // name of the struct of results, or ""
	co       string // name of the co parameter, or "_"
	future   string // the source's name for package future
	title_   string // of a literal
	hasError bool   // the last result is an error
	values   int    // results beside that
}

func newMark(file *ast.File, decl *ast.FuncDecl) (*mark, error) {
	m := &mark{decl: decl}
	m.fn = decl.Name.Name
	if decl.Body == nil {
		return nil, fmt.Errorf("%s has no body; an async function is compiled from its source", m.fn)
	}
	if (m.fn == "main" || m.fn == "init") && decl.Recv == nil || m.fn == "_" {
		return nil, fmt.Errorf("%s cannot be an async function: nobody could call it with a co", m.fn)
	}
	if err := m.readCo(file, decl); err != nil {
		return nil, err
	}
	exported := ast.IsExported(m.fn)
	base := m.fn
	if decl.Recv != nil {
		m.recv, m.ptr = receiver(decl)
		if m.recv == "" {
			return nil, fmt.Errorf("%s: the receiver must be a defined type or a pointer to one", m.fn)
		}
		exported = exported && ast.IsExported(m.recv)
		base = m.recv + upper(m.fn)
	}
	if exported {
		m.machine = upper(base) + "Machine"
	} else {
		m.machine = lower(base) + "Machine"
	}
	m.ctor = m.fn + "Async"
	results := flat(decl.Type.Results)
	m.values = len(results)
	if n := len(results); n > 0 {
		if id, ok := ast.Unparen(results[n-1].typ).(*ast.Ident); ok && id.Name == "error" {
			m.hasError = true
			m.values--
		}
	}
	if m.values > 1 {
		m.results = strings.TrimSuffix(m.machine, "Machine") + "Results"
	}
	return m, nil
}

// readCo checks the first parameter.
func (n *names) readCo(file *ast.File, decl *ast.FuncDecl) error {
	bad := errors.New(n.fn + " is marked " + marker + ", so its first parameter must be co *future.Co")
	params := flat(decl.Type.Params)
	if len(params) == 0 {
		return bad
	}
	star, ok := params[0].typ.(*ast.StarExpr)
	if !ok {
		return bad
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Co" {
		return bad
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok || importOf(file, pkg.Name) != futurePath {
		return bad
	}
	n.future, n.co = pkg.Name, params[0].name
	return nil
}

// importOf returns the path that is imported under a name. A name that is not written is taken to
// be the last part of the path.
func importOf(file *ast.File, name string) string {
	for _, im := range file.Imports {
		path, _ := strconv.Unquote(im.Path.Value)
		if im.Name != nil && im.Name.Name == name || im.Name == nil && (path == name || strings.HasSuffix(path, "/"+name)) {
			return path
		}
	}
	return ""
}

func receiver(decl *ast.FuncDecl) (name string, ptr bool) {
	if len(decl.Recv.List) == 0 { // of a file that does not parse
		return "", false
	}
	t := ast.Unparen(decl.Recv.List[0].Type)
	if star, ok := t.(*ast.StarExpr); ok {
		t, ptr = ast.Unparen(star.X), true
	}
	if id, ok := generic(t).(*ast.Ident); ok {
		return id.Name, ptr
	}
	return "", ptr
}

// field is one parameter or result.
type field struct {
	name string
	typ  ast.Expr
	id   *ast.Ident
}

func flat(l *ast.FieldList) []field {
	var out []field
	if l == nil {
		return nil
	}
	for _, f := range l.List {
		if len(f.Names) == 0 {
			out = append(out, field{"_", f.Type, nil})
		}
		for _, n := range f.Names {
			out = append(out, field{n.Name, f.Type, n})
		}
	}
	return out
}

// stub writes what stands for the generated code while the package is loaded. text returns the
// source of a node.
func (m *mark) stub(b *bytes.Buffer, text func(ast.Node) string) {
	decl := m.decl
	tparams, targs := "", ""
	var limits []string
	var ns []string
	for i, f := range flat(decl.Type.TypeParams) {
		ns = append(ns, notBlank(f.name, i))
		limits = append(limits, text(f.typ))
	}
	recv := ""
	if decl.Recv != nil {
		ns = recvNames(decl)
		for _, n := range ns {
			limits = append(limits, cmp.Or(m.limits[n], "interface{}"))
		}
		star := ""
		if m.ptr {
			star = "*"
		}
		recv = "(" + star + m.recv
		if len(ns) > 0 {
			recv += "[" + strings.Join(ns, ", ") + "]"
		}
		recv += ") "
	}
	if len(ns) > 0 {
		targs = "[" + strings.Join(ns, ", ") + "]"
		for i, n := range ns {
			tparams += n + " " + limits[i] + ", " // the last comma tells [P *S,] from the length of an array
		}
		tparams = "[" + tparams + "]"
	}
	var params []string
	for i, f := range flat(decl.Type.Params) {
		if i > 0 {
			params = append(params, "_ "+text(f.typ))
		}
	}
	results := flat(decl.Type.Results)
	value := m.future + ".Unit"
	switch {
	case m.values == 1:
		value = text(results[0].typ)
	case m.values > 1:
		value = m.results + targs
		fmt.Fprintf(b, "type %s%s struct {", m.results, tparams)
		for i, f := range results[:m.values] {
			fmt.Fprintf(b, "R%d %s;", i, text(f.typ))
		}
		b.WriteString("}\n")
	}
	self := m.machine + targs
	fmt.Fprintf(b, "type %s%s struct{ _ interface{} }\n", m.machine, tparams)
	if decl.Recv != nil {
		fmt.Fprintf(b, "func %s%s(%s) %s { panic(0) }\n", recv, m.ctor, strings.Join(params, ", "), self)
	} else {
		fmt.Fprintf(b, "func %s%s(%s) %s { panic(0) }\n", m.ctor, tparams, strings.Join(params, ", "), self)
	}
	fmt.Fprintf(b, "func (*%s) Poll(*%s.Context) %s.Poll[%s] { panic(0) }\n", self, stubWaker, m.future, value)
	fmt.Fprintf(b, "func (*%s) Drop() { panic(0) }\n", self)
	fmt.Fprintf(b, "func (%s) Await(*%s.Co) (%s, error) { panic(0) }\n", self, m.future, value)
}

// recvNames returns the names of the type parameters of a receiver.
func recvNames(decl *ast.FuncDecl) (ns []string) {
	for i, e := range recvParams(decl) {
		if id, ok := e.(*ast.Ident); ok {
			ns = append(ns, notBlank(id.Name, i))
		}
	}
	return ns
}

// notBlank gives a type parameter a name that has none: in what is generated something needs it.
func notBlank(name string, i int) string {
	if name == "_" {
		return "Blank" + strconv.Itoa(i+1)
	}
	return name
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// unique hands out names that nothing in a function has.
type unique map[string]bool

func (u unique) take(name string) string {
	if name == "" || name == "_" || token.IsKeyword(name) {
		name = "v"
	}
	for i := 1; ; i++ {
		n := name
		if i > 1 {
			n += strconv.Itoa(i)
		}
		if !u[n] {
			u[n] = true
			return n
		}
	}
}

// identsOf adds all the identifiers below a node.
func (u unique) identsOf(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			u[id.Name] = true
		}
		return true
	})
}
