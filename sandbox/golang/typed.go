package main

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
)

// stdDir holds the sealed export archives inside the jail.
const stdDir = "/std"

// mixed imports the snippet's own packages from memory and everything else from export data.
type mixed struct {
	own map[string]*types.Package
	std types.Importer
}

func (m *mixed) Import(path string) (*types.Package, error) {
	if own := m.own[path]; own != nil {
		return own, nil
	}
	return m.std.Import(path)
}

func lookup(path string) (io.ReadCloser, error) {
	for _, name := range []string{path, "vendor/" + path} {
		if file, err := os.Open(filepath.Join(stdDir, name+".a")); err == nil {
			return file, nil
		}
	}
	return nil, fmt.Errorf("package %s is not in std", path)
}

// typed checks the types of every package, and makes what calls them where they are sound.
func typed(request *Request, fset *token.FileSet, units []*unit, report *Inspection) {
	imports := &mixed{own: map[string]*types.Package{}, std: importer.ForCompiler(fset, "gc", lookup)}
	all := []*checked{}
	for _, one := range units {
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
			Defs: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
		config := &types.Config{Importer: imports, GoVersion: "go" + request.Go, Error: func(err error) {
			report.Types = append(report.Types, typeProblem(err))
		}}
		files := []*ast.File{}
		for _, file := range one.files {
			files = append(files, file.syntax)
		}
		pkg, _ := config.Check(one.path, fset, files, info)
		imports.own[one.path] = pkg
		all = append(all, &checked{unit: one, pkg: pkg, info: info, files: files})
	}
	if len(report.Types) == 0 {
		report.Exercise = exercise(request, fset, all, imports)
	}
}

func typeProblem(err error) Problem {
	problem, ok := err.(types.Error)
	if !ok {
		return Problem{Line: 1, Column: 1, Rule: "types", Message: err.Error()}
	}
	at := problem.Fset.Position(problem.Pos)
	return Problem{File: at.Filename, Line: at.Line, Column: at.Column, Rule: "types", Message: problem.Msg}
}
