package own

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"sort"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// errSwallowed finds errors that are looked at and then forgotten.
var errSwallowed = &analysis.Analyzer{Name: "errswallowed", Doc: "an error is looked at and forgotten", Run: runErrSwallowed}

func runErrSwallowed(pass *analysis.Pass) (any, error) {
	walk(pass, func(node ast.Node, around []ast.Node) {
		branch, ok := node.(*ast.IfStmt)
		if !ok {
			return
		}
		failure := failureOf(pass.TypesInfo, branch.Cond)
		if failure == nil {
			return
		}
		switch {
		case len(branch.Body.List) == 0:
			if branch.Else == nil && !commented(around, branch.Body) {
				proven(pass, branch, "errempty", "%s is looked at, and nothing is done about it", failure.Name())
			}
		case returnsNil(pass.TypesInfo, branch, around, failure):
			if !commented(around, branch.Body) && !explained(pass, around, branch.Pos()) {
				likely(pass, branch, "errnil", "%s is not nil here, yet nil is returned", failure.Name())
			}
		case branch.Else == nil && onlyTells(pass.TypesInfo, branch.Body):
			if used := usedAfter(pass.TypesInfo, branch, around, failure); used != nil && !commented(around, branch.Body) {
				say := proven
				if _, plain := used.Type().Underlying().(*types.Basic); plain {
					say = likely // zero may be meant
				}
				say(pass, branch, "errgoeson", "%s is only logged, and %s is used although it may be missing", failure.Name(), used.Name())
			}
		}
	})
	return nil, nil
}

// failureOf gives the variable of a condition `err != nil`.
func failureOf(info *types.Info, condition ast.Expr) *types.Var {
	test, ok := ast.Unparen(condition).(*ast.BinaryExpr)
	if !ok || test.Op != token.NEQ || !isNil(info, test.Y) {
		return nil
	}
	variable, _ := object(info, test.X).(*types.Var)
	if variable == nil || !types.Identical(variable.Type(), errorType) {
		return nil
	}
	return variable
}

func commented(around []ast.Node, body *ast.BlockStmt) bool {
	comments := around[0].(*ast.File).Comments
	first := sort.Search(len(comments), func(i int) bool { return comments[i].Pos() > body.Lbrace })
	for _, group := range comments[first:] {
		if group.Pos() > body.Rbrace {
			return false
		}
		if !directives.MatchString(group.List[0].Text) {
			return true
		}
	}
	return false
}

// returnsNil tells whether a branch ends the function with a nil error and never names the error at hand.
func returnsNil(info *types.Info, branch *ast.IfStmt, around []ast.Node, failure *types.Var) bool {
	back, ok := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
	if !ok || len(back.Results) == 0 || uses(info, branch.Body, failure) || isParameter(around, failure) || probing(info, branch, around, failure) {
		return false
	}
	last := back.Results[len(back.Results)-1]
	kind := signatureAround(info, around)
	if kind == nil || kind.Results().Len() != len(back.Results) || !types.Identical(kind.Results().At(len(back.Results)-1).Type(), errorType) {
		return false
	}
	return isNil(info, last) && len(branch.Body.List) == 1
}

var probes = regexp.MustCompile(`^(os\.(Stat|Lstat|Open|ReadFile|ReadDir)|.*\)\.(Read.*|Accept|Recv|Next|Peek|Stat|Lookup)|strconv\..*|net/url\..*|.*Parse.*|io\.Read.*)$`)

// probing tells whether the error says no more than that something is not there or not of a form.
func probing(info *types.Info, branch *ast.IfStmt, around []ast.Node, failure *types.Var) bool {
	assign := assignmentBefore(info, branch, around, failure)
	if assign == nil || len(assign.Rhs) != 1 {
		return assign == nil
	}
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	return ok && probes.MatchString(callee(info, call))
}

func isParameter(around []ast.Node, variable *types.Var) bool {
	for _, node := range around {
		var kind *ast.FuncType
		switch node := node.(type) {
		case *ast.FuncDecl:
			kind = node.Type
		case *ast.FuncLit:
			kind = node.Type
		default:
			continue
		}
		if kind.Params.Pos() <= variable.Pos() && variable.Pos() < kind.Params.End() {
			return true
		}
	}
	return false
}

// signatureAround gives the kind of the innermost function.
func signatureAround(info *types.Info, around []ast.Node) *types.Signature {
	for i := len(around) - 1; i >= 0; i-- {
		switch node := around[i].(type) {
		case *ast.FuncLit:
			return info.TypeOf(node).(*types.Signature)
		case *ast.FuncDecl:
			return info.Defs[node.Name].Type().(*types.Signature)
		}
	}
	return nil
}

// assignmentBefore gives the statement that set the error: the one of the condition, or the one in front.
func assignmentBefore(info *types.Info, branch *ast.IfStmt, around []ast.Node, failure *types.Var) *ast.AssignStmt {
	if assign, ok := branch.Init.(*ast.AssignStmt); ok {
		return assign
	}
	for _, list := range statements(around[len(around)-1]) {
		for i, one := range list {
			if one != ast.Stmt(branch) || i == 0 {
				continue
			}
			if assign, ok := list[i-1].(*ast.AssignStmt); ok && object(info, assign.Lhs[len(assign.Lhs)-1]) == failure {
				return assign
			}
		}
	}
	return nil
}

// statements gives the list of statements that a node holds.
func statements(node ast.Node) [][]ast.Stmt {
	switch node := node.(type) {
	case *ast.BlockStmt:
		return [][]ast.Stmt{node.List}
	case *ast.CaseClause:
		return [][]ast.Stmt{node.Body}
	case *ast.CommClause:
		return [][]ast.Stmt{node.Body}
	}
	return nil
}

var telling = regexp.MustCompile(`^(fmt\.F?[Pp]rint.*|(\(\*?)?log\.(Logger\)\.)?Print.*|(\(\*)?log/slog\.(Logger\)\.)?(Debug|Info|Warn|Error)(Context)?|print(ln)?)$`)

// onlyTells tells whether a branch writes something and goes on.
func onlyTells(info *types.Info, body *ast.BlockStmt) bool {
	for _, one := range body.List {
		statement, ok := one.(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := statement.X.(*ast.CallExpr)
		if !ok || !(telling.MatchString(callee(info, call)) || telling.MatchString(short(call.Fun))) {
			return false
		}
	}
	return true
}

// usedAfter gives the value that came with the error and is used after it.
func usedAfter(info *types.Info, branch *ast.IfStmt, around []ast.Node, failure *types.Var) types.Object {
	assign := assignmentBefore(info, branch, around, failure)
	if assign == nil || assign == branch.Init || len(assign.Lhs) < 2 || counting(info, assign) {
		return nil
	}
	rest := statements(around[len(around)-1])[0]
	for i, one := range rest {
		if one == ast.Stmt(branch) {
			rest = rest[i+1:]
			break
		}
	}
	for _, left := range assign.Lhs[:len(assign.Lhs)-1] {
		value := object(info, left)
		for _, one := range rest {
			if value != nil && uses(info, one, value) && !asksFor(info, one, value) {
				return value
			}
		}
	}
	return nil
}

// counting tells whether the value beside the error is only how much was read or written.
func counting(info *types.Info, assign *ast.AssignStmt) bool {
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	return ok && (strings.HasPrefix(callee(info, call), "fmt.") || counts.MatchString(called(info, call)))
}

var counts = regexp.MustCompile(`^(Write|Copy|Read$|RowsAffected)`)

// asksFor tells whether a statement looks whether a value is there.
func asksFor(info *types.Info, one ast.Stmt, value types.Object) bool {
	branch, ok := one.(*ast.IfStmt)
	return ok && uses(info, branch.Cond, value)
}
