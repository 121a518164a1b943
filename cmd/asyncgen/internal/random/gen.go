// Package random makes programs that wait in every kind of statement, and compares what they do
// as plain functions, on the coroutine, and compiled.
//
// A program is made once, as text with marks where the two variants differ: the async one takes and
// hands on a Co and waits, the plain one calls the identity instead. What it does is told by its
// trace. It always ends, for every loop and every call uses up fuel.
//
// The language leaves open in which order variables are read and functions are called in one
// expression. So no call may change a variable that an expression reads: what closures change,
// the shared variables, is read and written by statements that call nothing. And an operation that
// may panic is a statement of its own.
package random

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The marks in a program's text.
const (
	markParam  = "§P" // "co *future.Co, "
	markParam0 = "§p" // "co *future.Co"
	markArg    = "§A" // "co, "
	markArg0   = "§a" // "co"
	markOf     = "§o" // "rt.Of(co, "
	markStep   = "§s" // "rt.Step(co)"
	markAsync  = "§m" // "//magpie:async"
	markReady  = "§r" // "rt.Ready(", closed by markAwait
	markLater  = "§l" // "future.Await(co, rt.Later("
	markAwait  = "§w" // ").Await(co)"
	markAwaitL = "§W" // "))"
	markDo     = "§d" // "future.Do(func(co *future.Co) error {"
	markDone   = "§D" // "}).Await(co)"
)

var asyncText = strings.NewReplacer(markParam0, "co *future.Co", markParam, "co *future.Co, ", markArg, "co, ", markArg0, "co",
	markOf, "rt.Of(co, ", markStep, "rt.Step(co)", markAsync, "//magpie:async", markReady, "rt.Ready(", markAwait, ").Await(co)",
	markLater, "future.Await(co, rt.Later(", markAwaitL, "))", markDo, "future.Do(func(co *future.Co) error {", markDone, "}).Await(co)")

var plainText = strings.NewReplacer(markParam0, "", markParam, "", markArg, "", markArg0, "",
	markOf, "of(", markStep, "step()", markAsync, "", markReady, "two(", markAwait, ")", markLater, "two(", markAwaitL, ")",
	markDo, "do(func() error {", markDone, "})")

// A stmt is a statement: text, with blocks in it that may be made shorter.
type stmt struct {
	parts []any // string or *block
}

type block struct {
	list []*stmt
}

// A fn is a function of a program.
type fn struct {
	name    string
	params  []string // types
	results []string // types
	named   bool
	head    string
	body    *block
	foot    string
}

// A Program is a set of functions; the first one is where it begins. It takes nothing.
type Program struct {
	Seed uint64
	id   int
	fns  []*fn
}

type variable struct {
	name   string
	typ    string
	shared bool // closures change it: read and written by itself
	fixed  bool // not to be assigned to
}

type gen struct {
	*rand.Rand
	p      *Program
	vars   []variable
	fn     *fn
	n      int // names made so far
	logs   int
	size   int // statements that may still be made
	loops  []*loop
	frozen int  // variables below are another function's: they are only read
	inLit  bool // in a function literal
	result []string
	iter   bool // in the body of a range over a function
}

type loop struct {
	label string
	used  bool
	isFor bool
}

// New makes the program of a seed. Its functions are named after id.
func New(seed uint64, id int) *Program {
	p := &Program{Seed: seed, id: id}
	g := &gen{Rand: rand.New(rand.NewPCG(seed, 11)), p: p}
	n := 1 + g.IntN(4)
	for i := range n {
		f := &fn{name: fmt.Sprintf("f%d_%d", id, i)}
		if i > 0 {
			for range g.IntN(4) {
				f.params = append(f.params, g.paramType())
			}
			switch g.IntN(7) {
			case 0:
			case 1:
				f.results = []string{"error"}
			case 2:
				f.results = []string{"int", "error"}
			case 3:
				f.results = []string{"string"}
			case 4:
				f.results = []string{"int", "string", "[]int"}
			default:
				f.results = []string{"int"}
			}
			f.named = g.IntN(2) == 0
		}
		p.fns = append(p.fns, f)
	}
	for _, f := range p.fns {
		g.function(f)
	}
	return p
}

func (g *gen) paramType() string {
	return pick(g, "int", "int", "string", "bool", "[]int", "S", "F", "map[string]int", "any", "[3]int")
}

func pick[T any](g *gen, of ...T) T { return of[g.IntN(len(of))] }

func (g *gen) name(prefix string) string {
	g.n++
	return fmt.Sprintf("%s%d", prefix, g.n)
}

func (g *gen) log() int {
	g.logs++
	return g.p.id*1000 + g.logs
}

func (g *gen) function(f *fn) {
	g.fn, g.vars, g.loops, g.frozen, g.inLit, g.result = f, nil, nil, 0, false, f.results
	g.size = 4 + g.IntN(10)
	var params []string
	for _, t := range f.params {
		v := g.name("p")
		params = append(params, v+" "+typ(t))
		g.vars = append(g.vars, variable{name: v, typ: t})
	}
	res := ""
	if len(f.results) > 0 {
		var list []string
		for _, t := range f.results {
			if f.named {
				v := g.name("r")
				list = append(list, v+" "+typ(t))
				g.vars = append(g.vars, variable{name: v, typ: t, shared: true})
				continue
			}
			list = append(list, typ(t))
		}
		res = "(" + strings.Join(list, ", ") + ") "
	}
	mark := markParam0
	if len(params) > 0 {
		mark = markParam
	}
	f.head = fmt.Sprintf("%s\nfunc %s(%s%s) %s{\nif rt.Out() {\nreturn %s\n}\n", markAsync, f.name, mark, strings.Join(params, ", "), res, zeros(f.results))
	f.body = g.block(3)
	f.foot = "return " + g.returned(2) + "\n}\n"
}

func typ(t string) string {
	if t == "F" {
		return "func(" + markParam + "_ int) int"
	}
	return t
}

func zeros(types []string) string {
	var list []string
	for _, t := range types {
		list = append(list, map[string]string{"int": "0", "string": `""`, "error": "nil", "[]int": "nil"}[t])
	}
	return strings.Join(list, ", ")
}

// returned returns the operands of a return statement.
func (g *gen) returned(depth int) string {
	if len(g.result) == 0 {
		return ""
	}
	if !g.inLit && g.fn.named && g.IntN(3) == 0 {
		return ""
	}
	var list []string
	for _, t := range g.result {
		list = append(list, g.expr(t, depth))
	}
	return strings.Join(list, ", ")
}

// block makes a block; variables declared in it end with it.
func (g *gen) block(depth int) *block {
	outer := len(g.vars)
	b := &block{}
	for range 1 + g.IntN(5) {
		if g.size <= 0 {
			break
		}
		g.size--
		b.list = append(b.list, g.stmt(depth))
	}
	g.vars = g.vars[:outer]
	return b
}

func text(format string, args ...any) *stmt {
	return &stmt{parts: []any{fmt.Sprintf(format, args...) + "\n"}}
}

func parts(p ...any) *stmt { return &stmt{parts: p} }

// private returns a variable of type t that expressions may read, "" if there is none.
func (g *gen) private(t string) string {
	return g.some(t, func(v variable, i int) bool { return !v.shared })
}

// own returns a variable of type t that may be assigned to.
func (g *gen) own(t string) string {
	return g.some(t, func(v variable, i int) bool { return !v.shared && !v.fixed && i >= g.frozen })
}

// common returns a shared variable.
func (g *gen) common(t string) string {
	return g.some(t, func(v variable, i int) bool { return v.shared })
}

func (g *gen) some(t string, ok func(variable, int) bool) string {
	var names []string
	for i, v := range g.vars {
		if v.typ == t && ok(v, i) {
			names = append(names, v.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return pick(g, names...)
}

// declare makes a name for a variable of type t. Now and then it shadows another one.
func (g *gen) declare(t string, shared bool) string {
	v := g.name("v")
	if shared {
		v = g.name("s")
	}
	g.vars = append(g.vars, variable{name: v, typ: t, shared: shared})
	return v
}

// Text returns the program's functions, async or plain.
func (p *Program) Text(async bool) string {
	var b strings.Builder
	for _, f := range p.fns {
		b.WriteString(f.head)
		f.body.write(&b)
		b.WriteString(f.foot)
		b.WriteString("\n")
	}
	if async {
		return asyncText.Replace(b.String())
	}
	return plainText.Replace(b.String())
}

func (b *block) write(out *strings.Builder) {
	for _, s := range b.list {
		for _, p := range s.parts {
			switch p := p.(type) {
			case string:
				out.WriteString(p)
			case *block:
				p.write(out)
			}
		}
	}
}
