package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
)

// Unit is one package of the snippet: its import path, and its files below the request's folder. Tests
// in a package of their own are external.
type Unit struct {
	Path     string   `json:"path"`
	Files    []string `json:"files"`
	External bool     `json:"external"`
}

// Request names what is to be analysed; a unit comes after those it imports.
type Request struct {
	Dir     string `json:"dir"`
	Library string `json:"library"`
	Facts   string `json:"facts"`
	Go      string `json:"go"`
	Units   []Unit `json:"units"`
}

// checked is one package with its types.
type checked struct {
	pkg   *types.Package
	files []*ast.File
	info  *types.Info
}

// loader checks packages one after another; own ones come from memory, all others from export data.
type loader struct {
	fset  *token.FileSet
	sizes types.Sizes
	own   map[string]*types.Package
	std   types.Importer
}

func newLoader(library string) *loader {
	l := &loader{fset: token.NewFileSet(), sizes: types.SizesFor("gc", build.Default.GOARCH), own: map[string]*types.Package{}}
	l.std = importer.ForCompiler(l.fset, "gc", func(path string) (io.ReadCloser, error) {
		for _, name := range []string{path, "vendor/" + path} {
			if file, err := os.Open(filepath.Join(library, name+".a")); err == nil {
				return file, nil
			}
		}
		return nil, fmt.Errorf("package %s is not in std", path)
	})
	return l
}

// Import is for the type checker.
func (l *loader) Import(path string) (*types.Package, error) {
	if own := l.own[path]; own != nil {
		return own, nil
	}
	return l.std.Import(path)
}

// check parses and checks the types of one package; its sources must be sound.
func (l *loader) check(path, dir string, names []string, language string) (*checked, error) {
	one := &checked{info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}}
	for _, name := range names {
		file, err := parser.ParseFile(l.fset, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		one.files = append(one.files, file)
	}
	config := &types.Config{Importer: l, Sizes: l.sizes, GoVersion: language}
	pkg, err := config.Check(path, l.fset, one.files, one.info)
	if err != nil {
		return nil, err
	}
	one.pkg = pkg
	return one, nil
}
