package random

import (
	"fmt"
	"strings"
)

func (g *gen) typeSwitch(depth int) *stmt {
	vars := len(g.vars)
	defer func() { g.vars = g.vars[:vars] }()
	v := g.name("t")
	head := fmt.Sprintf("switch %s := (%s).(type) {\n", v, g.expr("any", 3))
	s := parts(head)
	l := &loop{label: g.name("L")}
	g.loops = append(g.loops, l)
	for _, t := range []string{"int", "string", "S", "nil, bool"} {
		if g.IntN(4) == 0 {
			continue
		}
		at := len(g.vars)
		if t != "nil, bool" {
			g.vars = append(g.vars, variable{name: v, typ: t})
		} else {
			g.vars = append(g.vars, variable{name: v, typ: "any"})
		}
		s.parts = append(s.parts, fmt.Sprintf("case %s:\n_ = %s\n", t, v), g.block(depth-1))
		g.vars = g.vars[:at]
	}
	s.parts = append(s.parts, fmt.Sprintf("default:\nrt.Log(%d, %s)\n}\n", g.log(), v))
	g.loops = g.loops[:len(g.loops)-1]
	if l.used {
		s.parts = append([]any{l.label + ":\n"}, s.parts...)
	}
	return s
}

// selectStmt waits for channels of which exactly one is ready, so that it is known which one.
func (g *gen) selectStmt(depth int) *stmt {
	vars := len(g.vars)
	defer func() { g.vars = g.vars[:vars] }()
	full, empty, none := g.name("c"), g.name("c"), g.name("c")
	before := fmt.Sprintf("%s, %s := rt.Buffered(%s), rt.Buffered()\nvar %s chan int\n_, _, _ = %[1]s, %[2]s, %[4]s\n", full, empty, g.expr("int", 2), none)
	v, ok := g.name("v"), g.name("v")
	var heads []string
	switch g.IntN(4) {
	case 0:
		heads = []string{fmt.Sprintf("case %s, %s := <-rt.Chan(%s%s), %[4]s):\nrt.Log(%[5]d, %[1]s, %[2]s)", v, ok, markOf, full, g.log()), fmt.Sprintf("case <-rt.Chan(%s%s), %[2]s):", markOf, empty)}
	case 1:
		heads = []string{fmt.Sprintf("case <-%s:", none), fmt.Sprintf("case %s <- %s:\nrt.Log(%d, <-%[1]s)", empty, g.expr("int", 2), g.log())}
	case 2:
		heads = []string{fmt.Sprintf("case %s <- %s:", none, g.expr("int", 3)), fmt.Sprintf("case <-%s:", empty), "default:"}
	default:
		if o := g.own("int"); o != "" {
			heads = []string{fmt.Sprintf("case %s = <-%s:", o, full)}
		} else {
			heads = []string{fmt.Sprintf("case <-%s:", full)}
		}
	}
	c := g.clauses(depth, heads, false)
	return parts(append(append([]any{"{\n" + before, c[0], "select {\n"}, c[1:]...), "}\n}\n")...)
}

func (g *gen) deferStmt(depth int) *stmt {
	switch g.IntN(6) {
	case 0:
		return text("defer rt.Log(%d, %s)", g.log(), g.expr("int", 2))
	case 1:
		return text("defer note(%s%d, %s)", markArg, g.log(), g.expr("int", 2))
	case 2:
		return text("defer %s.Add(%s%s)", g.expr("S", 2), markArg, g.expr("int", 2))
	}
	v := g.name("x")
	arg := g.expr("int", 2)
	plain := g.IntN(5) == 0
	var body *block
	g.inLiteral(nil, func() string {
		g.vars = append(g.vars, variable{name: v, typ: "int"})
		if plain {
			body = &block{list: []*stmt{g.sharedQuiet()}}
		} else {
			body = g.block(min(depth-1, 1))
		}
		return ""
	})
	catch := ""
	if g.IntN(3) == 0 {
		catch = fmt.Sprintf("rt.Caught(%d, recover())\n", g.log())
		if g.IntN(3) == 0 && !plain {
			catch = markStep + "\n" + catch
		}
	}
	if plain {
		return parts(fmt.Sprintf("defer func(%s int) {\n_ = %[1]s\n%s", v, catch), body, fmt.Sprintf("}(%s)\n", arg))
	}
	return parts(fmt.Sprintf("defer func(%s%s int) {\n_ = %[2]s\nif rt.Out() {\nreturn\n}\n%s", markParam, v, catch), body, fmt.Sprintf("}(%s%s)\n", markArg, arg))
}

// sharedQuiet changes a shared variable, or logs, without a wait.
func (g *gen) sharedQuiet() *stmt {
	if v := g.common("int"); v != "" {
		return text("%s += %s\nrt.Log(%d, %[1]s)", v, g.quiet("int"), g.log())
	}
	return text("rt.Log(%d, %s)", g.log(), g.quiet("int"))
}

// captured keeps closures of a loop's variables and calls them afterwards.
func (g *gen) captured(depth int) *stmt {
	vars := len(g.vars)
	defer func() { g.vars = g.vars[:vars] }()
	fs, i, f := g.name("fs"), g.name("i"), g.name("f")
	x := g.name("x")
	n := 1 + g.IntN(3)
	change := pick(g, "", i+"++\n", i+" += "+markOf+"1)\n")
	head := pick(g, fmt.Sprintf("for %s := 0; %[1]s < %[2]s%[3]d); %[1]s++", i, markOf, n), fmt.Sprintf("for %s := range %s%d)", i, markOf, n),
		fmt.Sprintf("for _, %s := range []int{3, %s4), 5}", i, markOf))
	wait := pick(g, "", markStep+"\n", markStep+"\n")
	lit := fmt.Sprintf("func(%s%s int) int {\n%s%s += %[2]s\n%[5]s return %[4]s\n}", markParam, x, wait, i, pick(g, "", markStep+"\n"))
	body := fmt.Sprintf("if rt.Out() {\nbreak\n}\n%s = append(%[1]s, %s)\n%s%s", fs, lit, wait, change)
	return text("{\nvar %s []%s\n%s {\n%s}\nfor _, %s := range %[1]s {\nrt.Log(%[6]d, %[5]s(%[7]s%[8]s), %[5]s(%[7]s1))\n}\n}",
		fs, typ("F"), head, body, f, g.log(), markArg, g.expr("int", 1))
}

// recovered calls a literal that panics, perhaps, and recovers.
func (g *gen) recovered(depth int) *stmt {
	var body *block
	g.inLiteral(nil, func() string { body = g.block(depth - 1); return "" })
	boom := pick(g,
		fmt.Sprintf("panic(%s)", g.expr("string", 2)),
		fmt.Sprintf("panic(any(%s))", g.expr("int", 2)),
		fmt.Sprintf("panic(failure(%s))", g.expr("int", 1)),
		"var n *S\nn.a = 3",
		"var z []int\n_ = z[len(z)]",
		"var i I\ni.Add("+markArg+"1)",
		"var a any = 1\n_ = a.(string)",
		"var f "+typ("F")+"\nf("+markArg+"2)",
		"")
	if g.IntN(2) == 0 {
		boom = fmt.Sprintf("if %s {\n%s\n}", g.cond(), boom)
	}
	again := pick(g, "", "", markStep+"\n", fmt.Sprintf("defer func() {\nrt.Caught(%d, recover())\n}()\n", g.log()))
	return parts(fmt.Sprintf("func(%s) {\ndefer func(%[1]s) {\n%s rt.Caught(%d, recover())\n}(%s)\n", markParam0, again, g.log(), markArg0), body, boom+fmt.Sprintf("\n}(%s)\n", markArg0))
}

func (g *gen) gotoStmt(depth int) *stmt {
	l := g.name("G")
	saved := g.loops
	defer func() { g.loops = saved }()
	if g.IntN(2) == 0 {
		return parts(fmt.Sprintf("{\n%s:\n{\n", l), g.block(depth-1), fmt.Sprintf("}\nif !rt.Out() && %s {\ngoto %s\n}\n}\n", g.cond(), l))
	}
	return parts(fmt.Sprintf("{\nif %s {\ngoto %s\n}\n{\n", g.cond(), l), g.block(depth-1), fmt.Sprintf("}\n%s:\nrt.Log(%d)\n}\n", l, g.log()))
}

// multi calls a function of several results.
func (g *gen) multi() *stmt {
	var fs []*fn
	for _, f := range g.p.fns[1:] {
		if len(f.results) > 1 {
			fs = append(fs, f)
		}
	}
	if len(fs) == 0 {
		a, b := g.expr("int", 2), g.expr("string", 2)
		x, y := g.declare("int", false), g.declare("string", false)
		return text("%s, %s := both(%s%s, %s)\n_, _ = %[1]s, %[2]s", x, y, markArg, a, b)
	}
	f := pick(g, fs...)
	c := g.call(f, 3)
	var names []string
	for _, t := range f.results {
		names = append(names, g.declare(t, false))
	}
	list := strings.Join(names, ", ")
	if f.results[len(f.results)-1] == "error" {
		return text("%s := %s\nrt.Log(%d, %s, rt.Err(%s))", list, c, g.log(), names[0], names[1])
	}
	if g.IntN(3) == 0 {
		for range names {
			g.vars = g.vars[:len(g.vars)-1]
		}
		return text("rt.Log3(%s)", c)
	}
	return text("%s := %s\nrt.Log(%d, %s)", list, c, g.log(), list)
}

// waitStmt awaits an operation in its other forms.
func (g *gen) waitStmt() *stmt {
	t := pick(g, "int", "string", "[]int")
	x := g.expr(t, 2)
	v, e := g.declare(t, false), g.name("e")
	form := "%s, %s := " + markReady + "%s" + markAwait
	if g.IntN(2) == 0 {
		form = "%s, %s := " + markLater + "%s" + markAwaitL
	}
	return text(form+"\nrt.Log(%d, %[1]s, rt.Err(%[2]s))", v, e, x, g.log())
}

// container changes a part of a variable.
func (g *gen) container() *stmt {
	switch g.IntN(8) {
	case 0:
		if v := g.own("[]int"); v != "" {
			return text("if len(%s) > 0 {\n%[1]s[rt.Idx(%s, len(%[1]s))] = %[3]s\n}", v, g.expr("int", 2), g.expr("int", 2))
		}
	case 1:
		if v := g.own("map[string]int"); v != "" {
			return text("if %s != nil {\n%[1]s[%s] %s %s\n}", v, g.key(1), pick(g, "=", "="), g.expr("int", 3))
		}
	case 2:
		if v := g.own("S"); v != "" {
			return text("%s.in.c, %[1]s.b = %s, %s", v, g.expr("int", 2), g.expr("string", 2))
		}
	case 3:
		if v := g.own("[3]int"); v != "" {
			return text("%s[rt.Idx(%s, 3)], %[1]s[0] = %[3]s, %[4]s", v, g.expr("int", 2), g.expr("int", 2), g.expr("int", 1))
		}
	case 4:
		if v := g.own("map[string]int"); v != "" {
			x := g.key(1)
			a, b := g.declare("int", false), g.declare("bool", false)
			return text("%s, %s := %s[%s]\n_, _ = %[1]s, %[2]s\ndelete(%[3]s, %[5]s)", a, b, v, x, g.key(1))
		}
	case 5:
		x := g.expr("any", 3)
		a, b := g.declare("int", false), g.declare("bool", false)
		return text("%s, %s := (%s).(int)\n_, _ = %[1]s, %[2]s", a, b, x)
	case 6:
		if v := g.own("int"); v != "" {
			return text("{\nm := map[string]int{%s: 4}\nm[%s] += %s\n%s, m[\"z\"] = m[\"k\"], %s\nrt.Log(%d, len(m), m[\"k\"], m[\"z\"])\n}",
				g.key(1), g.key(1), g.expr("int", 2), v, g.expr("int", 2), g.log())
		}
	}
	x, y := g.expr("int", 2), g.expr("int", 2)
	a, b := g.declare("int", false), g.declare("bool", false)
	return text("%s, %s := <-rt.Buffered(%s, %s)\n_, _ = %[1]s, %[2]s", a, b, x, y)
}

func (g *gen) scope(depth int) *stmt {
	return parts("{\n", g.block(depth-1), "}\n")
}

// early returns before the end.
func (g *gen) early() *stmt {
	return text("if %s && %s {\nreturn %s\n}", g.cond(), pick(g, "true", "false", "rt.Out()"), g.returned(2))
}

// pointer changes a variable through a pointer that a method has taken.
func (g *gen) pointer(depth int) *stmt {
	s := g.name("s")
	return text("{\n%s := S{a: %s}\np := &%[1]s\np.Grow(%[3]s%[4]s)\n%[1]s.Grow(%[3]s%[5]s)\nx := p.a\nrt.Log(%[6]d, x, %[1]s.in.c)\n}",
		s, g.expr("int", 2), markArg, g.expr("int", 2), g.expr("int", 1), g.log())
}

func (g *gen) callStmt() *stmt {
	if len(g.p.fns) > 1 {
		return text("%s", g.call(pick(g, g.p.fns[1:]...), 3))
	}
	return text("note(%s%d, %s)", markArg, g.log(), g.expr("int", 3))
}

// namedLiteral calls a literal by its name, and does nothing else with it, as a rule.
func (g *gen) namedLiteral(depth int) *stmt {
	f, x := g.name("f"), g.name("x")
	results := pick(g, []string{"int"}, []string{"int", "error"}, []string{"int", "string"})
	var body *block
	end := g.inLiteral(results, func() string {
		g.vars = append(g.vars, variable{name: x, typ: "int"})
		body = g.block(depth - 1)
		return g.returned(2)
	})
	var names, list []string
	for _, t := range results {
		names, list = append(names, g.name("y")), append(list, typ(t))
	}
	shown := append([]string{}, names...)
	if t := results[len(results)-1]; t == "error" {
		shown[len(shown)-1] = "rt.Err(" + shown[len(shown)-1] + ")"
	}
	call := fmt.Sprintf("%s(%s%s)", f, markArg, g.expr("int", 2))
	calls := fmt.Sprintf("%s := %s\nrt.Log(%d, %s)\n", strings.Join(names, ", "), call, g.log(), strings.Join(shown, ", "))
	if g.IntN(2) == 0 {
		calls += fmt.Sprintf("if !rt.Out() && %s {\n%s = %s(%s%s)\nrt.Log(%d, %s)\n}\n",
			g.cond(), strings.Join(names, ", "), f, markArg, g.expr("int", 2), g.log(), strings.Join(shown, ", "))
	}
	if g.IntN(6) == 0 { // it is more than called
		calls = fmt.Sprintf("g := %s\n_ = g\n", f) + calls
	}
	return parts(fmt.Sprintf("{\n%s := func(%s%s int) (%s) {\n_ = %[3]s\nif rt.Out() {\nreturn %[5]s\n}\n", f, markParam, x, strings.Join(list, ", "), zeros(results)),
		body, fmt.Sprintf("return %s\n}\n%s}\n", end, calls))
}

// do awaits an async function that is made on the spot.
func (g *gen) do(depth int) *stmt {
	var body *block
	end := g.inLiteral([]string{"error"}, func() string { body = g.block(depth - 1); return g.returned(2) })
	e := g.name("e")
	return parts(fmt.Sprintf("_, %s := %s\nif rt.Out() {\nreturn nil\n}\n", e, markDo), body,
		fmt.Sprintf("return %s\n%s\nrt.Log(%d, rt.Err(%s))\n", end, markDone, g.log(), e))
}
