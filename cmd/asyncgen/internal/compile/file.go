package compile

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// fileGen makes the generated files of one source file.
type fileGen struct {
	prog    *program
	pkg     *packages.Package
	src     *source
	file    *ast.File
	comps   []*comp
	imports map[string]string         // names by path
	called  map[string]string         // what packages call themselves, by path
	dots    []*types.Package          // imported with a dot
	tried   map[*ast.FuncLit]*refusal // why literals cannot be compiled; nil: they can

	future, machine, waker string
	reserved               unique // names that no function may use for a variable
	perIteration           bool   // loop variables are new in each iteration
	context                types.Type
	futurePkg              *types.Package
}

func newFileGen(p *program, pkg *packages.Package, src *source, file *ast.File) *fileGen {
	f := &fileGen{prog: p, pkg: pkg, src: src, file: file, imports: map[string]string{}, called: map[string]string{}, reserved: unique{}, tried: map[*ast.FuncLit]*refusal{}}
	f.perIteration = true
	if v := pkg.TypesInfo.FileVersions[file]; v != "" && older(v) {
		f.perIteration = false
	}
	all := unique{}
	all.identsOf(file)
	for _, n := range pkg.Types.Scope().Names() {
		all[n] = true
	}
	for _, im := range file.Imports {
		path, _ := strconv.Unquote(im.Path.Value)
		o := pkg.TypesInfo.Implicits[im]
		if im.Name != nil {
			o = pkg.TypesInfo.Defs[im.Name]
		}
		n, ok := o.(*types.PkgName)
		if !ok {
			continue
		}
		f.called[path] = n.Imported().Name()
		switch n.Name() {
		case stubWaker, stubMachine, "_":
		case ".": // what is written down here has the package's name all the same
			f.dots = append(f.dots, n.Imported())
		default:
			f.reserved[n.Name()] = true
			if f.imports[path] == "" {
				f.imports[path] = n.Name()
			}
		}
	}
	for _, im := range pkg.Types.Imports() {
		switch im.Path() {
		case futurePath:
			f.futurePkg = im
		case wakerPath:
			if o := im.Scope().Lookup("Context"); o != nil {
				f.context = types.NewPointer(o.Type())
			}
		}
	}
	// A function may have a variable called future. Names that are nowhere declared but as imports
	// are safe.
	declared := unique{}
	for id, o := range pkg.TypesInfo.Defs {
		if o != nil && file.Pos() <= id.Pos() && id.Pos() < file.End() {
			if _, ok := o.(*types.PkgName); !ok {
				declared[id.Name] = true
			}
		}
	}
	for _, g := range []struct {
		path, name string
		to         *string
	}{{futurePath, "future", &f.future}, {machinePath, "machine", &f.machine}, {wakerPath, "waker", &f.waker}} {
		n := f.imports[g.path]
		if n == "" || declared[n] {
			n = g.name
			if all[n] && f.imports[g.path] != n || declared[n] {
				n = all.take(g.name)
			}
		}
		all[n], f.reserved[n] = true, true
		*g.to = n
	}
	return f
}

func older(v string) bool {
	var major, minor int
	if _, err := fmt.Sscanf(v, "go%d.%d", &major, &minor); err != nil {
		return false
	}
	return major == 1 && minor < 22
}

// importName returns the name under which a package is known in the generated file.
func (f *fileGen) importName(path, name string) string {
	switch path {
	case futurePath:
		return f.future
	case wakerPath:
		return f.waker
	case machinePath:
		return f.machine
	}
	if n := f.imports[path]; n != "" {
		return n
	}
	n := f.reserve(name)
	f.imports[path], f.called[path] = n, name
	return n
}

// reserve returns a name that nothing at the top of the package has.
func (f *fileGen) reserve(name string) string {
	all := unique{}
	for _, n := range f.pkg.Types.Scope().Names() {
		all[n] = true
	}
	for n := range f.reserved {
		all[n] = true
	}
	for n := range f.prog.reserved {
		all[n] = true
	}
	n := all.take(name)
	f.reserved[n], f.prog.reserved[n] = true, true
	return n
}

func (f *fileGen) futureType(fn string) types.Type {
	o, ok := f.futurePkg.Scope().Lookup(fn).(*types.Func)
	if !ok {
		return nil
	}
	return o.Signature().Results().At(0).Type()
}

func (f *fileGen) futureOf(value types.Type) types.Type {
	t, err := types.Instantiate(nil, f.futurePkg.Scope().Lookup("Future").Type(), []types.Type{value}, false)
	if err != nil {
		panic(err)
	}
	return t
}

// text makes a generated file of what its functions became.
func (f *fileGen) text(name, tag string, decls []string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s; DO NOT EDIT.\n\n//go:build %s\n\npackage %s\n\n", header, filepath.Base(f.src.path), f.src.constraint(tag), f.file.Name.Name)
	body := strings.Join(decls, "\n")
	used, err := unresolved(f.file.Name.Name, body)
	if err != nil {
		return []byte(body), err
	}
	b.WriteString("import (\n")
	for _, l := range f.importLines(used) {
		b.WriteString(l)
	}
	b.WriteString(")\n\n")
	b.WriteString(body)
	out := b.Bytes()
	for range 3 { // what was one line once may be several the next time
		next, err := format.Source(out)
		if err != nil {
			return out, err
		}
		if bytes.Equal(next, out) {
			break
		}
		out = next
	}
	return positions(out, filepath.Base(name)), nil
}

func (f *fileGen) importLines(used map[string]bool) []string {
	type line struct{ path, name string }
	var lines []line
	add := func(path, name string) {
		if used[name] && !slices.Contains(lines, line{path, name}) {
			lines = append(lines, line{path, name})
		}
	}
	for path, name := range f.imports {
		add(path, name)
	}
	for _, im := range f.file.Imports { // also a second name of a package
		path, _ := strconv.Unquote(im.Path.Value)
		if im.Name == nil {
			add(path, f.called[path])
		} else if im.Name.Name != stubWaker && im.Name.Name != stubMachine {
			add(path, im.Name.Name)
		}
	}
	for _, p := range f.dots {
		if slices.ContainsFunc(p.Scope().Names(), func(n string) bool { return used[n] && ast.IsExported(n) }) {
			lines = append(lines, line{p.Path(), "."})
		}
	}
	add(futurePath, f.future)
	add(machinePath, f.machine)
	add(wakerPath, f.waker)
	slices.SortFunc(lines, func(a, b line) int { return strings.Compare(a.path+" "+a.name, b.path+" "+b.name) })
	var std, other []string
	for _, l := range lines {
		s := fmt.Sprintf("\t%q\n", l.path)
		if base := l.path[strings.LastIndex(l.path, "/")+1:]; base != l.name || l.name != cmp.Or(f.called[l.path], l.name) {
			s = fmt.Sprintf("\t%s %q\n", l.name, l.path)
		}
		if first, _, _ := strings.Cut(l.path, "/"); strings.Contains(first, ".") {
			other = append(other, s)
		} else {
			std = append(std, s)
		}
	}
	if len(std) > 0 && len(other) > 0 {
		std = append(std, "\n")
	}
	return append(std, other...)
}

// unresolved returns the names that a file uses and does not declare: packages, for example.
func unresolved(pkg, body string) (map[string]bool, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package "+pkg+"\n"+body, 0)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, id := range file.Unresolved {
		used[id.Name] = true
	}
	return used, nil
}
