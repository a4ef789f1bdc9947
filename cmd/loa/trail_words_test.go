package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule"
	"loa/web/trail"
)

// madeOf are the endings of kinds that are put together from a text that has no type of its own.
var madeOf = map[string][]string{
	"handin.":  {media.HandedIn, media.Accepted, media.Returned, media.Withdrawn, media.Replaced},
	"collect.": {schedule.NoteGiven, schedule.NoteFaulty, schedule.NoteDue},
	"notice.":  {"sent", "dead"},
}

// TestTrailHasWords reads the code for every kind of event that is written to the trail and every field of what is recorded
// with it: people read a Vietnamese word for each.
func TestTrailHasWords(t *testing.T) {
	t.Parallel()
	c := checkedCode(t, "loa/store", "loa/web", "loa/cmd/loa")
	kinds, fields := map[string]bool{}, map[string]bool{}
	for _, p := range c.pkgs {
		for _, f := range p.files {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Body == nil {
					continue
				}
				w := inFunc{c, p, fn, map[ast.Expr]bool{}}
				ast.Inspect(fn.Body, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.CompositeLit:
						if name := typeName(p.info.TypeOf(n)); name == "loa/store.Event" || name == "loa/store.Act" {
							w.event(n, kinds, fields)
						}
					case *ast.AssignStmt: // e.Kind, e.After = …
						for i, to := range n.Lhs {
							if sel, ok := to.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) && typeName(p.info.TypeOf(sel.X)) == "loa/store.Event" && p.path == "loa/store" && fn.Name.Name != "happened" {
								w.part(sel.Sel.Name, n.Rhs[i], kinds, fields)
							}
						}
					case *ast.CallExpr: // what is taken out of the desk
						if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "recorded" && len(n.Args) == 4 {
							w.part("Kind", n.Args[2], kinds, fields)
							maps.Copy(fields, set(w.keys(n.Args[3])))
						}
					}
					return true
				})
			}
		}
	}
	if len(kinds) < 70 || len(fields) < 90 {
		t.Errorf("only %d kinds and %d fields were found", len(kinds), len(fields))
	}
	for _, want := range []string{"login", "case.open", "decision.strike", "export.trail", "walk.begun", "note.call", "handin.accepted", "token.added", "entry.set", "plan.changed"} {
		if !kinds[want] {
			t.Errorf("%q is written and was not found", want)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		if w := trail.KindWord(k); w == "" || strings.Contains(w, "hao tác khác") || strings.Contains(w, k) || strings.HasSuffix(w, " "+k[strings.IndexByte(k, '.')+1:]) {
			t.Errorf("kind %q is read as %q", k, w)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		body, err := json.Marshal(map[string]string{k: "giá trị"})
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range (trail.Event{After: string(body)}).Diff(trail.Names{}) {
			if ch.Field == "" || strings.HasPrefix(ch.Field, "Mục khác") || ch.Field == k {
				t.Errorf("field %q is read as %q", k, ch.Field)
			}
		}
	}
}

func set(keys []string) map[string]bool {
	out := map[string]bool{}
	for _, k := range keys {
		out[k] = true
	}
	return out
}

// code is packages of the program with the types of what is in them.
type code struct {
	t    *testing.T
	pkgs []*checkedPackage
}

type checkedPackage struct {
	path  string
	types *types.Package
	info  *types.Info
	files []*ast.File
}

// checkedCode reads packages with types; what they import comes from the compiler's own files.
func checkedCode(t *testing.T, paths ...string) code {
	t.Helper()
	var out bytes.Buffer
	list := exec.CommandContext(t.Context(), "go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles"}, paths...)...)
	list.Stdout, list.Stderr = &out, os.Stderr
	if err := list.Run(); err != nil {
		t.Fatal(err)
	}
	exports, fset, c := map[string]string{}, token.NewFileSet(), code{t: t}
	in := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for dec := json.NewDecoder(&out); ; {
		var p struct {
			ImportPath, Dir, Export string
			GoFiles                 []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if !slices.Contains(paths, p.ImportPath) {
			continue
		}
		k := &checkedPackage{path: p.ImportPath, info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}}
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			k.files = append(k.files, f)
		}
		var err error
		if k.types, err = (&types.Config{Importer: in}).Check(p.ImportPath, fset, k.files, k.info); err != nil {
			t.Fatal(err)
		}
		c.pkgs = append(c.pkgs, k)
	}
	return c
}

// inFunc looks at what one function writes.
type inFunc struct {
	code
	p    *checkedPackage
	fn   *ast.FuncDecl
	seen map[ast.Expr]bool
}

// event takes the kind and the fields of a literal of an event.
func (w inFunc) event(lit *ast.CompositeLit, kinds, fields map[string]bool) {
	for _, el := range lit.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			w.part(kv.Key.(*ast.Ident).Name, kv.Value, kinds, fields)
		}
	}
}

func (w inFunc) part(name string, x ast.Expr, kinds, fields map[string]bool) {
	switch name {
	case "Kind":
		maps.Copy(kinds, set(w.kinds(x)))
	case "Before", "After":
		maps.Copy(fields, set(w.texts(x)))
	}
}

// assigned are the expressions that are assigned to a variable in the function, and to parts of it by constant keys.
func (w inFunc) assigned(id *ast.Ident) (whole []ast.Expr, keys []string) {
	obj := w.p.info.ObjectOf(id)
	ast.Inspect(w.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				if len(n.Lhs) != len(n.Rhs) {
					break
				}
				switch to := to.(type) {
				case *ast.Ident:
					if w.p.info.ObjectOf(to) == obj {
						whole = append(whole, n.Rhs[i])
					}
				case *ast.IndexExpr:
					if x, ok := to.X.(*ast.Ident); ok && w.p.info.ObjectOf(x) == obj {
						if v := w.p.info.Types[to.Index].Value; v != nil {
							keys = append(keys, constant.StringVal(v))
							keys = append(keys, jsonFields(w.p.info.TypeOf(n.Rhs[i]), 0)...)
						}
					}
				}
			}
		case *ast.ValueSpec:
			for i, to := range n.Names {
				if w.p.info.ObjectOf(to) == obj && i < len(n.Values) {
					whole = append(whole, n.Values[i])
				}
			}
		}
		return true
	})
	return whole, keys
}

// kinds are what a kind can be.
func (w inFunc) kinds(x ast.Expr) (out []string) {
	if v := w.p.info.Types[x].Value; v != nil {
		if s := constant.StringVal(v); s != "" {
			return []string{s}
		}
		return nil
	}
	switch x := x.(type) {
	case *ast.BinaryExpr:
		v := w.p.info.Types[x.X].Value
		if v == nil {
			w.t.Errorf("%s: a kind whose beginning is not known", w.fn.Name.Name)
			return nil
		}
		prefix := constant.StringVal(v)
		if call, ok := x.Y.(*ast.CallExpr); ok && len(call.Args) == 1 { // string(x.Kind)
			for _, end := range constantsOf(w.p.info.TypeOf(call.Args[0])) {
				out = append(out, prefix+end)
			}
		}
		for _, end := range madeOf[prefix] {
			out = append(out, prefix+end)
		}
		if out == nil {
			w.t.Errorf("%s: nothing is known of kinds %s…", w.fn.Name.Name, prefix)
		}
	case *ast.Ident:
		whole, _ := w.assigned(x)
		for _, y := range whole {
			out = append(out, w.kinds(y)...)
		}
	}
	return out // what was read from the store, or handed on, is written elsewhere
}

// constantsOf are the values of the constants of a type.
func constantsOf(t types.Type) (out []string) {
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	scope := n.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		if k, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(k.Type(), t) {
			out = append(out, constant.StringVal(k.Val()))
		}
	}
	return out
}

// texts are the fields of what a text can be that is recorded.
func (w inFunc) texts(x ast.Expr) (out []string) {
	if w.seen[x] {
		return nil
	}
	w.seen[x] = true
	switch x := x.(type) {
	case *ast.CallExpr:
		if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "pack" {
			return w.keys(x.Args[0])
		}
		for _, a := range x.Args {
			out = append(out, w.texts(a)...)
		}
	case *ast.BinaryExpr: // words after words
	case *ast.Ident:
		whole, _ := w.assigned(x)
		for _, y := range whole {
			out = append(out, w.texts(y)...)
		}
	}
	return out
}

// keys are the fields of a value as it is recorded.
func (w inFunc) keys(x ast.Expr) (out []string) {
	switch x := x.(type) {
	case *ast.CompositeLit:
		if _, ok := w.p.info.TypeOf(x).Underlying().(*types.Map); ok {
			for _, el := range x.Elts {
				kv := el.(*ast.KeyValueExpr)
				if v := w.p.info.Types[kv.Key].Value; v != nil {
					out = append(out, constant.StringVal(v))
				}
				out = append(out, jsonFields(w.p.info.TypeOf(kv.Value), 0)...)
			}
			return out
		}
	case *ast.Ident:
		if _, ok := w.p.info.TypeOf(x).Underlying().(*types.Map); ok {
			whole, keys := w.assigned(x)
			for _, y := range whole {
				keys = append(keys, w.keys(y)...)
			}
			return keys
		}
	case *ast.CallExpr:
		if id, ok := x.Fun.(*ast.Ident); ok {
			for _, f := range w.p.files {
				for _, d := range f.Decls {
					if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == id.Name {
						in := inFunc{w.code, w.p, fn, w.seen}
						ast.Inspect(fn.Body, func(n ast.Node) bool {
							if r, ok := n.(*ast.ReturnStmt); ok {
								for _, y := range r.Results {
									out = append(out, in.keys(y)...)
								}
							}
							return true
						})
					}
				}
			}
			return out
		}
	}
	return jsonFields(w.p.info.TypeOf(x), 0)
}

// jsonFields are the names of a type's fields in JSON, those of what is in them too.
func jsonFields(t types.Type, depth int) (out []string) {
	if t == nil || depth > 6 || typeName(t) == "time.Time" {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return jsonFields(u.Elem(), depth+1)
	case *types.Slice:
		return jsonFields(u.Elem(), depth+1)
	case *types.Array:
		return jsonFields(u.Elem(), depth+1)
	case *types.Map:
		return jsonFields(u.Elem(), depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			name, _, _ := strings.Cut(reflect.StructTag(u.Tag(i)).Get("json"), ",")
			if f := u.Field(i); name != "-" && (f.Exported() || f.Embedded()) {
				if name == "" {
					name = f.Name()
				}
				if !f.Embedded() || reflect.StructTag(u.Tag(i)).Get("json") != "" {
					out = append(out, name)
				}
				out = append(out, jsonFields(f.Type(), depth+1)...)
			}
		}
	}
	return out
}

func typeName(t types.Type) string {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil {
		return fmt.Sprint(n.Obj().Pkg().Path(), ".", n.Obj().Name())
	}
	return ""
}
