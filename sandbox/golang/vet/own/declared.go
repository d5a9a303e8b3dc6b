package own

import (
	"go/ast"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// index knows where the package's functions are declared, and by which call a variable was first set.
type index struct {
	functions map[*types.Func]*ast.FuncDecl
	makers    map[types.Object]*ast.CallExpr
}

// declarations reads the package once for all who look things up in it.
var declarations = &analysis.Analyzer{Name: "declarations", Doc: "where things are declared", ResultType: reflect.TypeFor[*index](),
	Run: func(pass *analysis.Pass) (any, error) { return newIndex(pass), nil }}

func newIndex(pass *analysis.Pass) *index {
	found := &index{map[*types.Func]*ast.FuncDecl{}, map[types.Object]*ast.CallExpr{}}
	for _, file := range pass.Files {
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncDecl:
				if object, ok := pass.TypesInfo.Defs[node.Name].(*types.Func); ok && node.Body != nil {
					found.functions[object] = node
				}
			case *ast.AssignStmt:
				found.made(pass.TypesInfo, node)
			}
			return true
		})
	}
	return found
}

func (f *index) made(info *types.Info, assign *ast.AssignStmt) {
	for i, left := range assign.Lhs {
		variable := object(info, left)
		if variable == nil || f.makers[variable] != nil || len(assign.Lhs) != len(assign.Rhs) {
			continue
		}
		if call, ok := assign.Rhs[i].(*ast.CallExpr); ok {
			f.makers[variable] = call
		}
	}
}

// declared gives the declaration of the package's own function that is called.
func declared(pass *analysis.Pass, call *ast.CallExpr) *ast.FuncDecl {
	fn := typeutil.StaticCallee(pass.TypesInfo, call)
	if fn == nil {
		return nil
	}
	return pass.ResultOf[declarations].(*index).functions[fn.Origin()]
}

// makerOf gives the call that made something: the expression itself, or what its variable was set to.
func makerOf(pass *analysis.Pass, made ast.Expr) *ast.CallExpr {
	if call, ok := made.(*ast.CallExpr); ok {
		return call
	}
	variable := object(pass.TypesInfo, made)
	if variable == nil {
		return nil
	}
	return pass.ResultOf[declarations].(*index).makers[variable]
}
