package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// former turns branches round and writes loops another way.
type former struct {
	info *types.Info
	fset *token.FileSet
	made int
}

func (f *former) form(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IfStmt:
			turn(node)
		case *ast.BlockStmt:
			f.loops(node.List)
		case *ast.CaseClause:
			f.loops(node.Body)
		case *ast.CommClause:
			f.loops(node.Body)
		}
		return true
	})
}

// turn swaps the branches of an if that has both.
func turn(branch *ast.IfStmt) {
	other, ok := branch.Else.(*ast.BlockStmt)
	if !ok || len(other.List) == 0 || len(branch.Body.List) == 0 {
		return
	}
	branch.Cond = negated(branch.Cond)
	branch.Body, branch.Else = other, branch.Body
}

var opposite = map[token.Token]token.Token{token.EQL: token.NEQ, token.NEQ: token.EQL}

func negated(cond ast.Expr) ast.Expr {
	cond = ast.Unparen(cond)
	switch cond := cond.(type) {
	case *ast.UnaryExpr:
		if cond.Op == token.NOT {
			return ast.Unparen(cond.X)
		}
	case *ast.BinaryExpr:
		if other, ok := opposite[cond.Op]; ok {
			return &ast.BinaryExpr{X: cond.X, Op: other, Y: cond.Y}
		}
		return &ast.UnaryExpr{Op: token.NOT, X: &ast.ParenExpr{X: cond}}
	}
	return &ast.UnaryExpr{Op: token.NOT, X: cond}
}

func (f *former) loops(list []ast.Stmt) {
	for i, statement := range list {
		switch loop := statement.(type) {
		case *ast.ForStmt:
			if opened := f.opened(loop); opened != nil {
				list[i] = opened
			}
		case *ast.RangeStmt:
			f.indexed(loop)
		}
	}
}

// opened writes a loop of three parts as one of a condition, where no turn is left early or keeps its variable.
func (f *former) opened(loop *ast.ForStmt) ast.Stmt {
	if loop.Init == nil || loop.Cond == nil || loop.Post == nil || has[*ast.FuncLit](loop.Body) || has[*ast.BranchStmt](loop.Body) {
		return nil
	}
	body := append(append([]ast.Stmt{}, loop.Body.List...), loop.Post)
	inner := &ast.ForStmt{Cond: loop.Cond, Body: &ast.BlockStmt{List: body}}
	return &ast.BlockStmt{List: []ast.Stmt{loop.Init, inner}}
}

// indexed fetches the element of a slice by its index, where the slice's variable stays the same.
func (f *former) indexed(loop *ast.RangeStmt) {
	subject, isName := loop.X.(*ast.Ident)
	value, hasValue := loop.Value.(*ast.Ident)
	key, hasKey := loop.Key.(*ast.Ident)
	if !isName || !hasValue || !hasKey || key.Name != "_" || value.Name == "_" || loop.Tok != token.DEFINE || f.assigned(loop.Body, subject) {
		return
	}
	if _, isSlice := types.Unalias(f.typeOf(subject)).Underlying().(*types.Slice); !isSlice {
		return
	}
	index := fmt.Sprintf("at%d", f.made)
	f.made++
	element := &ast.IndexExpr{X: ast.NewIdent(subject.Name), Index: ast.NewIdent(index)}
	f.info.Uses[element.X.(*ast.Ident)] = f.info.Uses[subject]
	loop.Key, loop.Value = ast.NewIdent(index), nil
	fetch := &ast.AssignStmt{Lhs: []ast.Expr{value}, Tok: token.DEFINE, Rhs: []ast.Expr{element}}
	loop.Body.List = append([]ast.Stmt{fetch}, loop.Body.List...)
}

func (f *former) typeOf(name *ast.Ident) types.Type {
	if object := f.info.Uses[name]; object != nil && object.Type() != nil {
		return object.Type()
	}
	return types.Typ[types.Invalid]
}

func (f *former) assigned(body *ast.BlockStmt, subject *ast.Ident) bool {
	found := false
	ast.Inspect(body, func(node ast.Node) bool {
		if assign, ok := node.(*ast.AssignStmt); ok {
			for _, left := range assign.Lhs {
				name, isName := left.(*ast.Ident)
				found = found || isName && name.Name == subject.Name
			}
		}
		return !found
	})
	return found
}

func has[T ast.Node](body ast.Node) bool {
	found := false
	ast.Inspect(body, func(node ast.Node) bool {
		if _, ok := node.(T); ok {
			found = true
		}
		return !found
	})
	return found
}
