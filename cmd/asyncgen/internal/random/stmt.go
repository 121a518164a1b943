package random

import (
	"fmt"
)

// quiet makes an expression of type t that calls nothing.
func (g *gen) quiet(t string) string {
	if v := g.private(t); v != "" && g.IntN(4) > 0 {
		return v
	}
	switch t {
	case "int":
		return fmt.Sprint(g.IntN(20))
	case "string":
		return fmt.Sprintf("%q", pick(g, "", "u", "vw"))
	case "bool":
		return pick(g, "true", "false")
	case "error":
		return "nil"
	}
	return fmt.Sprintf("[]int{%d}", g.IntN(5))
}

// stmt makes one statement, with a wait before it now and then.
func (g *gen) stmt(depth int) *stmt {
	s := g.bare(depth)
	if g.IntN(5) == 0 {
		s.parts = append([]any{markStep + "\n"}, s.parts...)
	}
	return s
}

func (g *gen) bare(depth int) *stmt {
	if depth <= 0 {
		switch g.IntN(4) {
		case 0:
			return g.declaration()
		case 1:
			return g.assignment()
		case 2:
			return g.sharedStmt()
		}
		return g.logStmt()
	}
	switch g.IntN(37) {
	case 0, 1:
		return g.logStmt()
	case 2, 3, 4:
		return g.declaration()
	case 5, 6:
		return g.assignment()
	case 7, 8:
		return g.sharedStmt()
	case 9, 10:
		return g.ifStmt(depth)
	case 11, 12:
		return g.forStmt(depth)
	case 13, 14, 15:
		return g.rangeStmt(depth)
	case 16:
		return g.switchStmt(depth)
	case 17:
		return g.typeSwitch(depth)
	case 18:
		return g.selectStmt(depth)
	case 19, 20, 21:
		return g.deferStmt(depth)
	case 22:
		return g.captured(depth)
	case 23, 24:
		return g.recovered(depth)
	case 25:
		return g.jump()
	case 26:
		return g.gotoStmt(depth)
	case 27:
		return g.multi()
	case 28:
		return g.waitStmt()
	case 29:
		return g.container()
	case 30:
		return g.scope(depth)
	case 31:
		return g.early()
	case 32:
		return g.pointer(depth)
	case 33, 34:
		return g.namedLiteral(depth)
	case 35:
		return g.do(depth)
	}
	return g.callStmt()
}

func (g *gen) logStmt() *stmt {
	t := pick(g, "int", "string", "bool", "[]int", "S", "[3]int", "any", "map[string]int")
	if g.IntN(3) == 0 {
		return text("rt.Log(%d, %s, %s)", g.log(), g.expr(t, 3), g.expr("int", 3))
	}
	return text("rt.Log(%d, %s)", g.log(), g.expr(t, 3))
}

func (g *gen) declaration() *stmt {
	t := pick(g, "int", "int", "string", "bool", "[]int", "S", "F", "map[string]int", "any", "[3]int")
	x := g.expr(t, 3)
	if g.IntN(4) == 0 {
		y := g.expr(t, 2)
		a, b := g.declare(t, false), g.declare(t, false)
		return text("var %s, %s %s = %s, %s\n_, _ = %s, %s", a, b, typ(t), x, y, a, b)
	}
	if old := g.own(t); old != "" && g.IntN(6) == 0 { // shadowing in a block of its own
		return text("{\n%s := %s\nrt.Log(%d, %s)\n}", old, x, g.log(), g.shown(t, old))
	}
	v := g.declare(t, false)
	if t == "any" {
		return text("var %s any = %s\n_ = %s", v, x, v)
	}
	return text("%s := %s\n_ = %s", v, x, v)
}

// shown returns v as it may be logged.
func (g *gen) shown(t, v string) string {
	if t == "F" {
		return v + " == nil"
	}
	return v
}

func (g *gen) assignment() *stmt {
	switch g.IntN(5) {
	case 0:
		if v := g.own("int"); v != "" {
			return text("%s %s= %s", v, pick(g, "+", "-", "*", "^", "|"), g.expr("int", 3))
		}
	case 1:
		if a, b := g.own("int"), g.own("int"); a != "" && a != b {
			return text("%s, %s = %s, %s", a, b, g.expr("int", 2), g.expr("int", 2))
		}
	case 2:
		if v := g.own("int"); v != "" {
			return text("%s%s", v, pick(g, "++", "--"))
		}
	}
	t := pick(g, "int", "string", "bool", "[]int", "S", "F", "map[string]int", "any", "[3]int")
	v := g.own(t)
	if v == "" {
		return g.declaration()
	}
	return text("%s = %s", v, g.expr(t, 3))
}

// sharedStmt makes, reads or writes a variable that closures change.
func (g *gen) sharedStmt() *stmt {
	t := pick(g, "int", "int", "string", "[]int")
	v := g.common(t)
	if v == "" || g.IntN(6) == 0 {
		x := g.expr(t, 2)
		v = g.declare(t, true)
		return text("%s := %s\n_ = %s", v, x, v)
	}
	switch g.IntN(4) {
	case 0:
		p := g.declare(t, false)
		return text("%s := %s\n_ = %s", p, v, p)
	case 1:
		return text("rt.Log(%d, %s)", g.log(), v)
	}
	switch t {
	case "int":
		return text("%s %s= %s", v, pick(g, "+", "-", "^"), g.quiet("int"))
	case "string":
		return text("%s = rt.Cut(%s + %s)", v, v, g.quiet("string"))
	}
	return text("%s = append(rt.Short(%s), %s)", v, v, g.quiet("int"))
}

func (g *gen) ifStmt(depth int) *stmt {
	vars := len(g.vars)
	head := "if "
	if g.IntN(3) == 0 {
		x := g.expr("int", 2)
		v := g.declare("int", false)
		head += fmt.Sprintf("%s := (%s); %s > 3 || ", v, x, v)
	}
	s := parts(head, g.cond(), " {\n", g.block(depth-1))
	for g.IntN(3) == 0 {
		s.parts = append(s.parts, "} else if ", g.cond(), " {\n", g.block(depth-1))
	}
	if g.IntN(2) == 0 {
		s.parts = append(s.parts, "} else {\n", g.block(depth-1))
	}
	g.vars = g.vars[:vars]
	s.parts = append(s.parts, "}\n")
	return s
}

// cond is a condition as it may stand before a brace.
func (g *gen) cond() string { return "(" + g.expr("bool", 3) + ")" }

// inLoop makes the body of a loop. The label is left out if nothing names it.
func (g *gen) inLoop(depth int, isFor bool, head string, before string) *stmt {
	l := &loop{label: g.name("L"), isFor: isFor}
	g.loops = append(g.loops, l)
	body := g.block(depth - 1)
	g.loops = g.loops[:len(g.loops)-1]
	label := ""
	if l.used {
		label = l.label + ":\n"
	}
	if isFor {
		before = "if rt.Out() {\nbreak\n}\n" + before
	}
	return parts(label, head+" {\n"+before, body, "}\n")
}

func (g *gen) forStmt(depth int) *stmt {
	vars := len(g.vars)
	defer func() { g.vars = g.vars[:vars] }()
	switch g.IntN(4) {
	case 0:
		return g.inLoop(depth, true, "for "+g.cond(), "")
	case 1:
		end := g.cond()
		return g.inLoop(depth, true, "for", "if "+end+" {\nbreak\n}\n")
	case 2:
		x, y := g.expr("int", 2), g.expr("string", 1)
		i, j := g.declare("int", false), g.declare("string", false)
		cond, post := g.expr("bool", 2), g.expr("int", 1)
		return g.inLoop(depth, true, fmt.Sprintf("for %s, %s := (%s), (%s); %s < 9 && %s; %s, %s = %s+1+rt.Idx(%s, 2), rt.Cut(%s+\"+\")",
			i, j, x, y, i, cond, i, j, i, post, j), fmt.Sprintf("_ = %s\n", j))
	}
	i := g.declare("int", false)
	if g.IntN(2) == 0 {
		g.vars[len(g.vars)-1].fixed = true
	}
	lim := fmt.Sprint(1 + g.IntN(4))
	if g.IntN(2) == 0 {
		lim = markOf + lim + ")"
	}
	post := pick(g, i+"++", i+" += "+markOf+"1)", i+" += 2")
	return g.inLoop(depth, true, fmt.Sprintf("for %s := %s; %s < %s; %s", i, pick(g, "0", markOf+"0)"), i, lim, post), "")
}

func (g *gen) rangeStmt(depth int) *stmt {
	vars := len(g.vars)
	defer func() { g.vars = g.vars[:vars] }()
	two := func(what, kt, vt string) *stmt {
		k := g.declare(kt, false)
		switch g.IntN(4) {
		case 0:
			return g.inLoop(depth, true, fmt.Sprintf("for %s := range %s", k, what), fmt.Sprintf("_ = %s\n", k))
		case 1:
			if o := g.ownBut("int", k); o != "" && vt == "int" && kt == "int" {
				return g.inLoop(depth, true, fmt.Sprintf("for _, %s = range %s", o, what), fmt.Sprintf("%s := 0\n_ = %s\n", k, k))
			}
		}
		v := g.declare(vt, false)
		return g.inLoop(depth, true, fmt.Sprintf("for %s, %s := range %s", k, v, what), fmt.Sprintf("_, _ = %s, %s\n", k, v))
	}
	switch g.IntN(9) {
	case 0, 1:
		return two("("+g.expr("[]int", 3)+")", "int", "int")
	case 2:
		return two("("+g.expr("[3]int", 3)+")", "int", "int")
	case 3:
		return two("&("+"[3]int{1, "+g.expr("int", 2)+"})", "int", "int")
	case 4:
		return two("("+g.expr("string", 3)+")", "int", "rune")
	case 5:
		return two("("+g.expr("map[string]int", 3)+")", "string", "int")
	case 6:
		what := fmt.Sprintf("rt.Full(%s, %s)", g.expr("int", 2), g.expr("int", 2))
		v := g.declare("int", false)
		return g.inLoop(depth, true, fmt.Sprintf("for %s := range %s", v, what), fmt.Sprintf("_ = %s\n", v))
	case 7:
		if g.IntN(6) == 0 && !g.iter {
			v := g.declare("int", false)
			g.iter = true
			s := g.inLoop(depth, true, fmt.Sprintf("for %s := range upto(%d)", v, 1+g.IntN(3)), fmt.Sprintf("_ = %s\n", v))
			g.iter = false
			return s
		}
	}
	what := fmt.Sprintf("rt.Idx(%s, 4)", g.expr("int", 2))
	v := g.declare("int", false)
	return g.inLoop(depth, true, fmt.Sprintf("for %s := range %s", v, what), fmt.Sprintf("_ = %s\n", v))
}

func (g *gen) ownBut(t, but string) string {
	if v := g.own(t); v != but {
		return v
	}
	return ""
}

// jump leaves a loop, or goes on with it.
func (g *gen) jump() *stmt {
	if len(g.loops) == 0 {
		return g.logStmt()
	}
	l := g.loops[g.IntN(len(g.loops))]
	word := pick(g, "break", "continue")
	if !l.isFor {
		word = "break"
	}
	innermost := l == g.loops[len(g.loops)-1]
	if innermost && g.IntN(2) == 0 {
		return text("if %s {\n%s\n}", g.cond(), word)
	}
	l.used = true
	return text("if %s {\n%s %s\n}", g.cond(), word, l.label)
}

// clauses makes the cases of a switch or select.
func (g *gen) clauses(depth int, heads []string, through bool) []any {
	l := &loop{label: g.name("L")}
	g.loops = append(g.loops, l)
	var p []any
	for i, h := range heads {
		p = append(p, h+"\n", g.block(depth-1))
		if through && i+1 < len(heads) && g.IntN(4) == 0 {
			p = append(p, "fallthrough\n")
		}
	}
	g.loops = g.loops[:len(g.loops)-1]
	label := ""
	if l.used {
		label = l.label + ":\n"
	}
	return append([]any{label}, p...)
}

func (g *gen) switchStmt(depth int) *stmt {
	vars := len(g.vars)
	defer func() { g.vars = g.vars[:vars] }()
	t := pick(g, "int", "string", "bool", "any")
	head := "switch "
	if g.IntN(3) == 0 {
		x := g.expr("int", 2)
		v := g.declare("int", false)
		head += fmt.Sprintf("%s := (%s); ", v, x)
		if g.IntN(3) > 0 {
			head += fmt.Sprintf("%s == (%s) {\n", v, g.expr("int", 1))
		} else {
			head += fmt.Sprintf("(%s + %s) != 2 {\n", v, g.expr("int", 1))
		}
		t = "bool"
	} else if g.IntN(4) == 0 {
		t = "bool"
		head += "{\n"
	} else {
		head += "(" + g.expr(t, 3) + ") {\n"
	}
	var heads []string
	for range 1 + g.IntN(3) {
		x := "case " + markOf + g.caseOf(t) + ")"
		if g.IntN(3) == 0 {
			x += ", " + g.notConst(t)
		}
		heads = append(heads, x+":")
	}
	if g.IntN(2) == 0 {
		at := g.IntN(len(heads) + 1)
		heads = append(heads[:at], append([]string{"default:"}, heads[at:]...)...)
	}
	c := g.clauses(depth, heads, true)
	return parts(append(append([]any{c[0], head}, c[1:]...), "}\n")...)
}

func (g *gen) caseOf(t string) string {
	if t == "any" {
		return "any(" + g.expr(pick(g, "int", "string"), 1) + ")"
	}
	return g.expr(t, 2)
}

// notConst is a case that cannot be a duplicate.
func (g *gen) notConst(t string) string {
	return fmt.Sprintf("rt.T(%d, %s)", g.log(), g.caseOf(t))
}
