package own

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// errLost finds errors that are overwritten before anybody reads them, and a nil that is returned as an
// error because another variable of the same name holds it.
var errLost = &analysis.Analyzer{Name: "errlost", Doc: "an error is overwritten, or hidden by one of the same name",
	Requires: []*analysis.Analyzer{programs}, Run: runErrLost}

func runErrLost(pass *analysis.Pass) (any, error) {
	calls, returns := map[token.Pos]*ssa.Call{}, map[token.Pos]*ssa.Return{}
	programOf(pass).each(func(one ssa.Instruction) {
		switch one := one.(type) {
		case *ssa.Call:
			calls[one.Pos()] = one
		case *ssa.Return:
			returns[one.Pos()] = one
		}
	})
	walk(pass, func(node ast.Node, around []ast.Node) {
		switch node := node.(type) {
		case *ast.AssignStmt:
			overwritten(pass, node, calls)
		case *ast.ReturnStmt:
			hidden(pass, node, around, returns[node.Return])
		}
	})
	return nil, nil
}

func overwritten(pass *analysis.Pass, assign *ast.AssignStmt, calls map[token.Pos]*ssa.Call) {
	if len(assign.Rhs) != 1 {
		return
	}
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	if !ok || !failing(pass.TypesInfo, call) || calls[call.Lparen] == nil {
		return
	}
	variable, ok := object(pass.TypesInfo, assign.Lhs[len(assign.Lhs)-1]).(*types.Var)
	if ok && variable.Name() != "_" && unread(calls[call.Lparen], len(assign.Lhs)-1) {
		proven(pass, assign, "errlost", "the error of %s is overwritten or forgotten before anybody reads it", short(call.Fun))
	}
}

// unread tells whether nobody uses one result of a call.
func unread(call *ssa.Call, number int) bool {
	if number == 0 {
		return len(*call.Referrers()) == 0
	}
	for _, use := range *call.Referrers() {
		if result, ok := use.(*ssa.Extract); ok && result.Index == number {
			return len(*result.Referrers()) == 0
		}
	}
	return true
}

// hidden finds `return err` where that err was never set, while one of the same name was.
func hidden(pass *analysis.Pass, back *ast.ReturnStmt, around []ast.Node, built *ssa.Return) {
	if built == nil || len(back.Results) == 0 || len(built.Results) != len(back.Results) {
		return
	}
	last := len(back.Results) - 1
	variable, ok := object(pass.TypesInfo, back.Results[last]).(*types.Var)
	fixed, isFixed := built.Results[last].(*ssa.Const)
	if !ok || !isFixed || !fixed.IsNil() || !types.Identical(variable.Type(), errorType) {
		return
	}
	if twin := twinOf(pass.TypesInfo, around, variable); twin.IsValid() {
		proven(pass, back, "errshadow", "%s is always nil here: line %d sets another variable of that name", variable.Name(), pass.Fset.Position(twin).Line)
	}
}

// twinOf gives where another variable of the same name is declared in the function and after the first.
func twinOf(info *types.Info, around []ast.Node, variable *types.Var) (at token.Pos) {
	for _, node := range around {
		fn, ok := node.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(fn.Body, func(node ast.Node) bool {
			name, ok := node.(*ast.Ident)
			if ok && name.Name == variable.Name() && info.Defs[name] != nil && info.Defs[name] != variable && name.Pos() > variable.Pos() {
				at = name.Pos()
			}
			return !at.IsValid()
		})
	}
	return at
}
