package random

import (
	"fmt"
	"strings"
)

// expr makes an expression of type t whose value is defined.
func (g *gen) expr(t string, depth int) string {
	if g.size > 0 && depth > 0 && g.IntN(12) == 0 && t != "F" && t != "error" {
		return fmt.Sprintf("rt.T[%s](%d, %s)", t, g.log(), g.expr(t, depth-1))
	}
	if depth > 0 && t != "error" && g.IntN(5) == 0 {
		return g.waited(t, depth-1)
	}
	if v := g.private(t); v != "" && (depth <= 0 || g.IntN(3) == 0) {
		return v
	}
	if depth > 0 && g.IntN(8) == 0 && t != "error" {
		return fmt.Sprintf("choose[%s](%s%s, %s, %s)", typ(t), markArg, g.expr("bool", depth-1), g.expr(t, depth-1), g.expr(t, depth-1))
	}
	switch t {
	case "int":
		return g.intExpr(depth)
	case "string":
		return g.stringExpr(depth)
	case "bool":
		return g.boolExpr(depth)
	case "[]int":
		if depth <= 0 {
			return fmt.Sprintf("[]int{%d, %d}", g.IntN(9), g.IntN(9))
		}
		switch g.IntN(3) {
		case 0:
			return fmt.Sprintf("append(rt.Short(%s), %s)", g.expr(t, depth-1), g.expr("int", depth-1))
		case 1:
			return fmt.Sprintf("append(rt.Short(%s), %s...)", g.expr(t, depth-1), g.expr(t, depth-1))
		}
		return fmt.Sprintf("[]int{%s, 2: %s}", g.expr("int", depth-1), g.expr("int", depth-1))
	case "[3]int":
		return fmt.Sprintf("[3]int{%s, 2: %s}", g.expr("int", depth-1), g.expr("int", depth-1))
	case "map[string]int":
		return fmt.Sprintf("map[string]int{%s: %s}", g.key(depth-1), g.expr("int", depth-1))
	case "S":
		return fmt.Sprintf("S{a: %s, b: %s, in: In{c: %s}}", g.expr("int", depth-1), g.expr("string", depth-1), g.expr("int", depth-1))
	case "any":
		return fmt.Sprintf("any(%s)", g.expr(pick(g, "int", "string", "bool", "S", "[3]int"), depth-1))
	case "error":
		return fmt.Sprintf("failure(%s)", g.expr("int", depth-1))
	case "F":
		switch g.IntN(4) {
		case 0:
			return fmt.Sprintf("S{a: %s}.Add", g.expr("int", depth-1))
		case 1:
			return "twice"
		}
		return g.literal(depth)
	}
	panic("no expression of type " + t)
}

func (g *gen) key(depth int) string {
	if g.IntN(3) == 0 {
		return markOf + `"k")`
	}
	return `"k"`
}

func (g *gen) waited(t string, depth int) string {
	x := g.expr(t, depth)
	if t == "any" {
		return fmt.Sprintf("%s%s)", markOf, x)
	}
	if t == "F" {
		return fmt.Sprintf("choose[%s](%strue, %s, twice)", typ(t), markArg, x)
	}
	return fmt.Sprintf("%s%s)", markOf, x)
}

// literal makes a function literal of type F.
func (g *gen) literal(depth int) string {
	v := g.name("x")
	body := g.inLiteral([]string{"int"}, func() string {
		g.vars = append(g.vars, variable{name: v, typ: "int"})
		if g.size <= 0 {
			return "return " + g.expr("int", depth-1) + "\n"
		}
		var b strings.Builder
		g.block(min(depth, 2)).write(&b)
		return b.String() + "return " + g.expr("int", depth-1) + "\n"
	})
	return fmt.Sprintf("func(%s%s int) int {\nif rt.Out() {\nreturn 0\n}\n%s}", markParam, v, body)
}

// inLiteral makes something inside of a function literal with the given results.
func (g *gen) inLiteral(results []string, make func() string) string {
	vars, loops, frozen, lit, res, iter := len(g.vars), g.loops, g.frozen, g.inLit, g.result, g.iter
	g.loops, g.frozen, g.inLit, g.result, g.iter = nil, len(g.vars), true, results, false
	out := make()
	g.vars, g.loops, g.frozen, g.inLit, g.result, g.iter = g.vars[:vars], loops, frozen, lit, res, iter
	return out
}

func (g *gen) intExpr(depth int) string {
	if depth <= 0 {
		return fmt.Sprint(g.IntN(10))
	}
	sub := func(t string) string { return g.expr(t, depth-1) }
	switch g.IntN(17) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", sub("int"), pick(g, "+", "-", "*", "&", "|", "^"), sub("int"))
	case 2:
		return fmt.Sprintf("(%s / rt.NZ(%s))", sub("int"), sub("int"))
	case 3:
		return fmt.Sprintf("(%s << rt.Idx(%s, 4))", sub("int"), sub("int"))
	case 4:
		return fmt.Sprintf("rt.At(%s, %s)", sub("[]int"), sub("int"))
	case 5:
		return fmt.Sprintf("%s[rt.Idx(%s, 3)]", sub("[3]int"), sub("int"))
	case 6:
		return fmt.Sprintf("%s[%s]", sub("map[string]int"), g.key(depth-1))
	case 7:
		return fmt.Sprintf("%s.in.c", sub("S"))
	case 8:
		return fmt.Sprintf("%s.Add(%s%s)", sub("S"), markArg, sub("int"))
	case 9:
		return fmt.Sprintf("rt.B(%s)", sub("bool"))
	case 10:
		return fmt.Sprintf("len(%s)", sub(pick(g, "string", "[]int", "map[string]int")))
	case 11:
		return fmt.Sprintf("sum(%s%s, %s)", markArg, sub("int"), sub("int"))
	case 12:
		return fmt.Sprintf("sum(%s%s...)", markArg, sub("[]int"))
	case 13:
		if f := g.private("F"); f != "" {
			return fmt.Sprintf("%s(%s%s)", f, markArg, sub("int"))
		}
		return fmt.Sprintf("(%s)(%s%s)", g.expr("F", depth-1), markArg, sub("int"))
	case 14:
		return fmt.Sprintf("-(%s)", sub("int"))
	case 15:
		return fmt.Sprintf("(I(%s)).Add(%s%s)", sub("S"), markArg, sub("int"))
	}
	if c := g.callOf("int", depth); c != "" {
		return c
	}
	return fmt.Sprintf("(%s + 1)", sub("int"))
}

// callOf makes a call of a function of the program that has the one result t, "" if none has.
func (g *gen) callOf(t string, depth int) string {
	var fs []*fn
	for _, f := range g.p.fns[1:] {
		if len(f.results) == 1 && f.results[0] == t {
			fs = append(fs, f)
		}
	}
	if len(fs) == 0 {
		return ""
	}
	return g.call(pick(g, fs...), depth)
}

func (g *gen) call(f *fn, depth int) string {
	if len(f.params) == 0 {
		return fmt.Sprintf("%s(%s)", f.name, markArg0)
	}
	var args []string
	for _, t := range f.params {
		args = append(args, g.expr(t, depth-1))
	}
	return fmt.Sprintf("%s(%s%s)", f.name, markArg, strings.Join(args, ", "))
}

func (g *gen) stringExpr(depth int) string {
	if depth <= 0 {
		return fmt.Sprintf("%q", pick(g, "", "a", "bc", "dé", "xyz"))
	}
	switch g.IntN(5) {
	case 0:
		return fmt.Sprintf("rt.Cut(%s + %s)", g.expr("string", depth-1), g.expr("string", depth-1))
	case 1:
		return fmt.Sprintf("rt.S(%s)", g.expr("int", depth-1))
	case 2:
		return fmt.Sprintf("%s.b", g.expr("S", depth-1))
	case 3:
		if c := g.callOf("string", depth); c != "" {
			return c
		}
	}
	return fmt.Sprintf("string(rune('a' + rt.Idx(%s, 26)))", g.expr("int", depth-1))
}

func (g *gen) boolExpr(depth int) string {
	if depth <= 0 {
		return pick(g, "true", "false")
	}
	switch g.IntN(7) {
	case 0, 1:
		return fmt.Sprintf("(%s && %s)", g.expr("bool", depth-1), g.expr("bool", depth-1))
	case 2:
		return fmt.Sprintf("(%s || %s)", g.expr("bool", depth-1), g.expr("bool", depth-1))
	case 3:
		return "!" + g.expr("bool", depth-1)
	case 4:
		return fmt.Sprintf("(%s %s %s)", g.expr("string", depth-1), pick(g, "==", "<"), g.expr("string", depth-1))
	case 5:
		return fmt.Sprintf("(%s == %s)", g.expr("S", depth-1), g.expr("S", depth-1))
	}
	return fmt.Sprintf("(%s %s %s)", g.expr("int", depth-1), pick(g, "==", "<", ">=", "!="), g.expr("int", depth-1))
}
