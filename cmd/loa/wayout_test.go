package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"loa/crawler/fetch"
)

// TestOneWayOut: pages are asked for by crawler/fetch alone, which has one door;
// and no form is ever submitted but a list's own, for its next page.
func TestOneWayOut(t *testing.T) {
	client := reflect.TypeFor[*fetch.Client]()
	for i := range client.NumMethod() {
		if m := client.Method(i).Name; m != "Get" {
			t.Errorf("fetch.Client.%s is a second door", m)
		}
	}
	request := reflect.TypeFor[fetch.Request]()
	for i := range request.NumField() {
		if f := request.Field(i).Name; !slices.Contains([]string{"URL", "ETag", "LastModified", "MaxBody", "Cut", "Hop", "Again", "Hold", "Form"}, f) {
			t.Errorf("fetch.Request.%s may send what is no question for a page: say here why not", f)
		}
	}
	root := filepath.Join("..", "..")
	asks := []string{"NewRequest", "NewRequestWithContext", "Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "Client", "Transport"}
	read := 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if strings.HasPrefix(rel, "bench/") { // a load generator is no part of the program
			return nil
		}
		if rel == "notify/deliver/zalo.go" || rel == "notify/deliver/telegram.go" || rel == "web/access/signon.go" { // hand a message to one configured service; read no page and import nothing of the crawler
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, 0)
		if err != nil {
			return err
		}
		read++
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "http" && slices.Contains(asks, n.Sel.Name) && !strings.HasPrefix(rel, "crawler/fetch/") {
					t.Errorf("%s uses http.%s: pages are asked for by crawler/fetch alone", rel, n.Sel.Name)
				}
			case *ast.CompositeLit:
				typ, ok := n.Type.(*ast.SelectorExpr)
				if !ok || typ.Sel.Name != "Request" {
					break
				}
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Form" && rel != "crawler/paging.go" {
							t.Errorf("%s submits a form", rel)
						}
					}
				}
			case *ast.BasicLit:
				if n.Value == `"POST"` && strings.HasPrefix(rel, "crawler/") {
					t.Errorf("%s speaks of POST", rel)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || read < 100 {
		t.Fatalf("%d files read: %v", read, err)
	}
}
