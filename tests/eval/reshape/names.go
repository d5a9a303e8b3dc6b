package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

var plain = []string{"plum", "reed", "moss", "fern", "opal", "dune", "lark", "pine", "mint", "rook", "sage", "wren", "clay", "iris", "kelp", "rune"}

// renamer gives each name that only the program itself can see another one, the same everywhere.
type renamer struct {
	info   *types.Info
	keep   map[string]bool
	chosen map[string]string
}

// spare keeps what may not change: embedded types are field names as well, and labels have no type.
func (r *renamer) spare(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.StructType:
			for _, field := range node.Fields.List {
				if name := base(field.Type); len(field.Names) == 0 && name != "" {
					r.keep[name] = true
				}
			}
		case *ast.TypeSwitchStmt:
			if assign, ok := node.Assign.(*ast.AssignStmt); ok {
				r.keep[assign.Lhs[0].(*ast.Ident).Name] = true
			}
		case *ast.InterfaceType:
			for _, method := range node.Methods.List {
				for _, name := range method.Names {
					r.keep[name.Name] = true
				}
			}
		}
		return true
	})
}

func base(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name
	case *ast.StarExpr:
		return base(expr.X)
	case *ast.IndexExpr:
		return base(expr.X)
	case *ast.IndexListExpr:
		return base(expr.X)
	}
	return ""
}

func (r *renamer) rename(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		if ident, ok := node.(*ast.Ident); ok {
			object := r.info.Defs[ident]
			if object == nil {
				object = r.info.Uses[ident]
			}
			if r.ours(object) {
				ident.Name = r.name(object)
			}
		}
		return true
	})
}

func (r *renamer) ours(object types.Object) bool {
	if object == nil || object.Pkg() == nil || object.Pkg().Path() != "main" || r.keep[object.Name()] || token.IsExported(object.Name()) {
		return false
	}
	switch object := object.(type) {
	case *types.PkgName, *types.Label:
		return false
	case *types.Var:
		return !object.Embedded()
	}
	return true
}

// name keeps what Go's authors read from a name: that a variable of the package is an error.
func (r *renamer) name(object types.Object) string {
	old := object.Name()
	if r.chosen[old] == "" {
		number := len(r.chosen)
		word := fmt.Sprintf("%s%d", plain[number%len(plain)], number)
		if len(old) > 3 && old[:3] == "err" {
			word = "err" + string(word[0]-'a'+'A') + word[1:]
		}
		r.chosen[old] = word
	}
	return r.chosen[old]
}
