package own

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// stringConcatLoop finds a string that grows in a loop: every step copies all of it.
var stringConcatLoop = &analysis.Analyzer{Name: "stringconcatloop", Doc: "a string grows in a loop", Run: runStringConcatLoop}

func runStringConcatLoop(pass *analysis.Pass) (any, error) {
	walk(pass, func(node ast.Node, around []ast.Node) {
		assign, ok := node.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 1 || !isString(pass.TypesInfo, assign.Lhs[0]) {
			return
		}
		grows := assign.Tok == token.ADD_ASSIGN || (assign.Tok == token.ASSIGN && addsToItself(assign))
		if grows && outlives(pass.TypesInfo, assign.Lhs[0], loopAround(around)) {
			proven(pass, assign, "stringconcatloop", "a string grows in a loop; every step copies all of it")
		}
	})
	return nil, nil
}

// loopAround gives the body of the innermost loop in which a node stands, inside its own function.
func loopAround(around []ast.Node) *ast.BlockStmt {
	for i := len(around) - 1; i >= 0; i-- {
		switch node := around[i].(type) {
		case *ast.ForStmt:
			return node.Body
		case *ast.RangeStmt:
			return node.Body
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

func isString(info *types.Info, expr ast.Expr) bool {
	given := info.TypeOf(expr)
	if given == nil {
		return false
	}
	basic, ok := given.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

func addsToItself(assign *ast.AssignStmt) bool {
	sum, ok := ast.Unparen(assign.Rhs[0]).(*ast.BinaryExpr)
	for ok && sum.Op == token.ADD {
		if short(sum.X) == short(assign.Lhs[0]) {
			return true
		}
		sum, ok = ast.Unparen(sum.X).(*ast.BinaryExpr)
	}
	return false
}

// outlives tells whether a variable was declared before the loop, so that it really grows.
func outlives(info *types.Info, expr ast.Expr, body *ast.BlockStmt) bool {
	if body == nil {
		return false
	}
	variable := object(info, expr)
	if variable == nil {
		_, field := ast.Unparen(expr).(*ast.SelectorExpr)
		return field
	}
	return variable.Pos() < body.Pos() || variable.Pos() > body.End()
}
