package own

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/analysis"
)

// goroutines finds goroutines without an end, and groups that nobody waits for.
var goroutines = &analysis.Analyzer{Name: "goroutines", Doc: "a goroutine has no end, or nobody waits for it",
	Requires: []*analysis.Analyzer{declarations}, Run: runGoroutines}

func runGoroutines(pass *analysis.Pass) (any, error) {
	walk(pass, func(node ast.Node, around []ast.Node) {
		start, ok := node.(*ast.GoStmt)
		if !ok {
			return
		}
		body := bodyOf(pass, start.Call)
		if body != nil {
			endless(pass, start, body, around)
		}
		if loop := crowd(pass.TypesInfo, around); loop != nil && !bounded(pass.TypesInfo, loop) {
			likely(pass, start, "gounbounded", "every message or line of the input starts a goroutine, and nothing bounds how many run")
		}
	})
	functions(pass, func(fn *ast.FuncDecl) { waiting(pass, fn) })
	return nil, nil
}

// bodyOf gives the body of the function literal, or of the package's own function, that is called.
func bodyOf(pass *analysis.Pass, call *ast.CallExpr) *ast.BlockStmt {
	if literal, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return literal.Body
	}
	if fn := declared(pass, call); fn != nil {
		return fn.Body
	}
	return nil
}

// endless finds a loop without a condition that nothing leaves; in main it lives as long as the program.
func endless(pass *analysis.Pass, start *ast.GoStmt, body *ast.BlockStmt, around []ast.Node) {
	if mainOf(pass, around) {
		return
	}
	for _, one := range body.List {
		switch loop := one.(type) {
		case *ast.ForStmt:
			if loop.Cond == nil && !leaves(pass.TypesInfo, loop.Body) {
				likely(pass, start, "goendless", "nothing ends this goroutine: its loop has no way out")
			}
		case *ast.RangeStmt:
			if field, ok := ast.Unparen(loop.X).(*ast.SelectorExpr); ok && typeName(pass.TypesInfo, field.X) == "time.Ticker" && !leaves(pass.TypesInfo, loop.Body) {
				likely(pass, start, "goendless", "nothing ends this goroutine: a ticker's channel is never closed")
			}
		}
	}
}

func mainOf(pass *analysis.Pass, around []ast.Node) bool {
	for _, node := range around {
		if fn, ok := node.(*ast.FuncDecl); ok {
			return pass.Pkg.Name() == "main" && (fn.Name.Name == "main" || fn.Name.Name == "init") && fn.Recv == nil
		}
	}
	return true
}

var stopping = regexp.MustCompile(`^(os\.Exit|runtime\.Goexit|(\(\*)?log\.(Logger\)\.)?(Fatal|Panic).*)$`)

// leaves tells whether something in a loop's body leaves the loop.
func leaves(info *types.Info, body *ast.BlockStmt) (found bool) {
	var look func(node ast.Node, inner bool)
	look = func(node ast.Node, inner bool) {
		ast.Inspect(node, func(one ast.Node) bool {
			switch one := one.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				found = true
			case *ast.BranchStmt:
				found = found || one.Tok == token.GOTO || (one.Tok == token.BREAK && (one.Label != nil || !inner))
			case *ast.CallExpr:
				found = found || stopping.MatchString(callee(info, one)) || short(one.Fun) == "panic"
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.SelectStmt, *ast.TypeSwitchStmt:
				if one != node {
					look(one, true)
					return false
				}
			}
			return !found
		})
	}
	look(body, false)
	return found
}

// crowd gives the loop over lines or messages whose every turn starts a goroutine.
func crowd(info *types.Info, around []ast.Node) ast.Node {
	for i := len(around) - 1; i >= 0; i-- {
		switch loop := around[i].(type) {
		case *ast.ForStmt:
			if call, ok := loop.Cond.(*ast.CallExpr); ok && callee(info, call) == "(*bufio.Scanner).Scan" {
				return loop.Body
			}
			return nil
		case *ast.RangeStmt:
			if _, messages := info.TypeOf(loop.X).Underlying().(*types.Chan); messages {
				return loop.Body
			}
			return nil
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

// bounded tells whether a loop waits for room: a send, a receive, or a call that may wait.
func bounded(info *types.Info, body ast.Node) (found bool) {
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SendStmt, *ast.SelectStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || node.Op == token.ARROW
		case *ast.CallExpr:
			name := called(info, node)
			found = found || name == "Acquire" || name == "Wait" || name == "SetLimit" || name == "Lock"
		}
		return !found
	})
	return found
}

// waiting finds a local WaitGroup that counts and is never waited for, or that nobody counts down.
func waiting(pass *analysis.Pass, fn *ast.FuncDecl) {
	groups := map[*types.Var]map[string]ast.Node{}
	away := map[*types.Var]bool{}
	var around []ast.Node
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		if node == nil {
			around = around[:len(around)-1]
			return true
		}
		if name, ok := node.(*ast.Ident); ok {
			if group, ok := pass.TypesInfo.ObjectOf(name).(*types.Var); ok && nameOf(group.Type()) == "sync.WaitGroup" && !group.IsField() && fn.Body.Pos() < group.Pos() && group.Pos() < fn.Body.End() {
				if groups[group] == nil {
					groups[group] = map[string]ast.Node{}
				}
				method, used := methodOn(around, name)
				groups[group][method] = name
				away[group] = away[group] || (!used && pass.TypesInfo.Defs[name] == nil)
			}
		}
		around = append(around, node)
		return true
	})
	for group, methods := range groups {
		counts := methods["Add"] != nil || methods["Go"] != nil
		switch {
		case away[group] || !counts:
		case methods["Wait"] == nil:
			proven(pass, first(methods["Add"], methods["Go"]), "wgwait", "nobody waits for %s, so what it counts may be cut off", group.Name())
		case methods["Add"] != nil && methods["Done"] == nil && methods["Go"] == nil:
			proven(pass, methods["Wait"], "wgdone", "%s waits for ever: nobody calls Done", group.Name())
		}
	}
}

// first gives the first node that is there.
func first(nodes ...ast.Node) ast.Node {
	for _, one := range nodes {
		if one != nil {
			return one
		}
	}
	return nil
}

// methodOn gives the method that is called on a name.
func methodOn(around []ast.Node, name *ast.Ident) (string, bool) {
	selector, ok := around[len(around)-1].(*ast.SelectorExpr)
	if !ok || selector.X != ast.Expr(name) {
		return "", false
	}
	return selector.Sel.Name, true
}
