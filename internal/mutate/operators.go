package main

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
)

// fault is one change of one place, made by an operator.
type fault struct {
	of         *source
	file       int    // index in of.files
	start, end int    // offsets of the text that is replaced
	new        string // what it becomes
	operator   string
	function   string // such as sched.(*worker).park, or the first name of another declaration
	nth        int    // among the same changes of the same text in the function
}

func (f *fault) text() []byte { return f.of.texts[f.file] }

func (f *fault) old() string { return string(f.text()[f.start:f.end]) }

func (f *fault) path() string { return filepath.Join(f.of.Dir, f.of.GoFiles[f.file]) }

// broken returns the file's text with the fault in it.
func (f *fault) broken() []byte {
	text := f.text()
	return append(append(append([]byte{}, text[:f.start]...), f.new...), text[f.end:]...)
}

// position is where the fault is, as go vet prints it.
func (f *fault) position() token.Position {
	file := f.of.fset.File(f.of.files[f.file].FileStart)
	return file.Position(file.Pos(f.start))
}

// key names the fault in a way that survives lines moving: by its function, its operator and
// a hash of the texts.
func (f *fault) key() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", squeeze(f.old()), squeeze(f.new), f.nth))
	return fmt.Sprintf("%s\t%s\t%x", f.function, f.operator, sum[:5])
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// faults returns every fault that the operators can make in a package, in the order of its
// source.
func (s *source) faults() []*fault {
	var all []*fault
	for i, file := range s.files {
		for _, d := range file.Decls {
			o := operators{source: s, file: i, function: s.name(d), seen: map[string]int{}}
			if f, ok := d.(*ast.FuncDecl); ok {
				o.results = f.Type.Results
			}
			o.walk(d)
			all = append(all, o.made...)
		}
	}
	return all
}

// name is the name by which a declaration is known in the list of equivalents.
func (s *source) name(d ast.Decl) string {
	pkg := s.files[0].Name.Name
	f, ok := d.(*ast.FuncDecl)
	if !ok {
		return pkg + "." + firstName(d)
	}
	if f.Recv == nil {
		return pkg + "." + f.Name.Name
	}
	t, star := f.Recv.List[0].Type, ""
	if p, ok := t.(*ast.StarExpr); ok {
		t, star = p.X, "*"
	}
	switch g := t.(type) {
	case *ast.IndexExpr:
		t = g.X
	case *ast.IndexListExpr:
		t = g.X
	}
	return fmt.Sprintf("%s.(%s%s).%s", pkg, star, types.ExprString(t), f.Name.Name)
}

// firstName is the first name that is declared, or empty for imports.
func firstName(d ast.Decl) string {
	if g, ok := d.(*ast.GenDecl); ok && len(g.Specs) > 0 {
		switch s := g.Specs[0].(type) {
		case *ast.TypeSpec:
			return s.Name.Name
		case *ast.ValueSpec:
			return s.Names[0].Name
		}
	}
	return ""
}

// operators makes the faults of one declaration.
type operators struct {
	*source
	file     int
	function string
	results  *ast.FieldList // of the innermost function
	seen     map[string]int
	made     []*fault
}

func (o *operators) offset(p token.Pos) int { return o.fset.File(o.files[o.file].FileStart).Offset(p) }

func (o *operators) of(n ast.Node) string {
	return string(o.texts[o.file][o.offset(n.Pos()):o.offset(n.End())])
}

// replace adds the fault that puts new in the place from start to end.
func (o *operators) replace(operator string, start, end token.Pos, new string) {
	f := &fault{of: o.source, file: o.file, start: o.offset(start), end: o.offset(end), new: new, operator: operator, function: o.function}
	same := operator + "\x00" + f.old() + "\x00" + new
	f.nth = o.seen[same]
	o.seen[same]++
	o.made = append(o.made, f)
}

// walk applies the operators to n and all below it.
func (o *operators) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			inner := *o
			inner.results, inner.made = n.Type.Results, nil
			inner.walk(n.Body)
			o.made = append(o.made, inner.made...)
			return false
		case *ast.BlockStmt:
			o.statements(n.List)
		case *ast.CaseClause:
			o.statements(n.Body)
		case *ast.CommClause:
			o.statements(n.Body)
		case *ast.IfStmt:
			o.condition(n.Cond)
			if n.Else != nil {
				o.replace("drop-else", n.Body.End(), n.Else.End(), "")
			}
		case *ast.ForStmt:
			o.condition(n.Cond)
		case *ast.BinaryExpr:
			o.binary(n)
		case *ast.BasicLit:
			o.literal(n)
		case *ast.Ident:
			if v := o.info.Types[n].Value; v != nil && v.Kind() == constant.Bool && (n.Name == "true" || n.Name == "false") {
				o.replace("constant", n.Pos(), n.End(), map[string]string{"true": "false", "false": "true"}[n.Name])
			}
		case *ast.IncDecStmt:
			other := map[token.Token]string{token.INC: "--", token.DEC: "++"}[n.Tok]
			o.replace("operator", n.TokPos, n.End(), other)
		case *ast.AssignStmt:
			if other, ok := otherOperator[n.Tok]; ok {
				o.replace("operator", n.TokPos, n.TokPos+token.Pos(len(n.Tok.String())), other.String())
			}
		case *ast.CallExpr:
			o.arguments(n)
		case *ast.IndexExpr:
			if o.integer(n.Index) && o.info.Types[n.Index].Value == nil {
				o.replace("off-by-one", n.Index.Pos(), n.Index.End(), o.of(n.Index)+" + 1")
			}
		}
		return true
	})
}

func (o *operators) condition(cond ast.Expr) {
	if cond != nil {
		o.replace("negate", cond.Pos(), cond.End(), "!("+o.of(cond)+")")
	}
}

// statements drops each statement of a list, swaps neighbours, and returns before each but
// the first.
func (o *operators) statements(list []ast.Stmt) {
	for i, s := range list {
		if name := droppable(s); name != "" {
			o.replace(name, s.Pos(), s.End(), "")
		}
		if i == 0 {
			continue
		}
		before := list[i-1]
		if movable(before) && movable(s) && o.of(before) != o.of(s) {
			between := string(o.texts[o.file][o.offset(before.End()):o.offset(s.Pos())])
			o.replace("swap-statements", before.Pos(), s.End(), o.of(s)+between+o.of(before))
		}
		if _, ok := s.(*ast.ReturnStmt); !ok && !leaves(before) {
			o.replace("early-return", s.Pos(), s.Pos(), o.earlyReturn())
		}
	}
}

// earlyReturn is a return of zero values, or of the named results as they are.
func (o *operators) earlyReturn() string {
	if o.results == nil || len(o.results.List) == 0 || o.results.List[0].Names != nil {
		return "return; "
	}
	var zeros []string
	for _, r := range o.results.List {
		zeros = append(zeros, "*new("+o.of(r.Type)+")")
	}
	return "return " + strings.Join(zeros, ", ") + "; "
}

// droppable names the operator that drops s, or is empty.
func droppable(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if c, ok := s.X.(*ast.CallExpr); ok {
			switch id, ok := c.Fun.(*ast.SelectorExpr); {
			case ok && strings.HasPrefix(id.Sel.Name, "Store"):
				return "drop-store"
			case isPoint(s):
				return ""
			}
		}
		return "drop-call"
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			return "drop-store"
		}
	case *ast.IncDecStmt:
		return "drop-store"
	case *ast.IfStmt, *ast.BranchStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt, *ast.ForStmt, *ast.RangeStmt:
		return "drop-statement"
	}
	return ""
}

// isPoint reports whether s is where the soak test waits: nothing, in the build that is tested.
func isPoint(s *ast.ExprStmt) bool {
	c, ok := s.X.(*ast.CallExpr)
	return ok && types.ExprString(c.Fun) == "faults.Point"
}

// leaves reports whether s is a clause that nothing is run behind.
func leaves(s ast.Stmt) bool {
	var body []ast.Stmt
	switch s := s.(type) {
	case *ast.CaseClause:
		body = s.Body
	case *ast.CommClause:
		body = s.Body
	}
	if len(body) == 0 {
		return false
	}
	_, ok := body[len(body)-1].(*ast.ReturnStmt)
	return ok
}

// movable reports whether s can change places with a neighbour of its kind.
func movable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt:
		return !isPoint(s)
	case *ast.IncDecStmt:
		return true
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE
	}
	return false
}

// otherOperator is what an operator is mistaken for.
var otherOperator = map[token.Token]token.Token{
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.XOR: token.OR, token.AND_NOT: token.AND,
	token.SHL: token.SHR, token.SHR: token.SHL,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
	token.AND_ASSIGN: token.OR_ASSIGN, token.OR_ASSIGN: token.AND_ASSIGN, token.AND_NOT_ASSIGN: token.OR_ASSIGN,
	token.SHL_ASSIGN: token.SHR_ASSIGN, token.SHR_ASSIGN: token.SHL_ASSIGN,
}

func (o *operators) binary(n *ast.BinaryExpr) {
	if other, ok := otherOperator[n.Op]; ok {
		o.replace("operator", n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), other.String())
	}
	switch n.Op {
	case token.SUB, token.QUO, token.REM, token.SHL, token.SHR:
		o.replace("swap-operands", n.Pos(), n.End(), "("+o.of(n.Y)+") "+n.Op.String()+" ("+o.of(n.X)+")")
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		if o.integer(n.Y) && o.info.Types[n.Y].Value == nil {
			o.replace("off-by-one", n.Y.Pos(), n.Y.End(), o.of(n.Y)+" + 1")
		}
	}
}

// literal puts other constants for an integer.
func (o *operators) literal(n *ast.BasicLit) {
	if n.Kind != token.INT {
		return
	}
	other := "0"
	if v := constant.MakeFromLiteral(n.Value, n.Kind, 0); constant.Sign(v) != 0 {
		o.replace("off-by-one", n.Pos(), n.End(), "("+n.Value+" - 1)")
	} else {
		other = "7"
	}
	o.replace("off-by-one", n.Pos(), n.End(), "("+n.Value+" + 1)")
	o.replace("constant", n.Pos(), n.End(), other)
}

// arguments swaps neighbours of one type, unless their order is nothing to the function.
func (o *operators) arguments(n *ast.CallExpr) {
	if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "min" || f.Name == "max") {
		return
	}
	for i := 1; i < len(n.Args); i++ {
		a, b := n.Args[i-1], n.Args[i]
		x, y := o.info.Types[a].Type, o.info.Types[b].Type
		if x != nil && y != nil && types.Identical(x, y) && o.of(a) != o.of(b) {
			o.replace("swap-operands", a.Pos(), b.End(), o.of(b)+", "+o.of(a))
		}
	}
}

func (o *operators) integer(e ast.Expr) bool {
	t := o.info.Types[e].Type
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}
