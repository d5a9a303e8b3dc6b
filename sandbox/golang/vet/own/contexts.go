package own

import (
	"go/ast"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/analysis"
)

// contexts finds functions that are given a context and do not pass it on.
var contexts = &analysis.Analyzer{Name: "contexts", Doc: "a context is not passed on", Run: runContexts}

var (
	without = regexp.MustCompile(`^(net/http\.(NewRequest|Get|Post|PostForm|Head)|\(\*net/http\.Client\)\.(Get|Post|PostForm|Head)|os/exec\.Command|` +
		`\(\*database/sql\.(DB|Tx|Stmt|Conn)\)\.(Query|QueryRow|Exec|Prepare|Ping|Begin)|net\.(Dial|DialTimeout))$`)
	fresh    = regexp.MustCompile(`^context\.(Background|TODO)$`)
	winddown = regexp.MustCompile(`(?i)shutdown|stop|close|cleanup|drain|flush|finish|rollback`)
)

func runContexts(pass *analysis.Pass) (any, error) {
	walk(pass, func(node ast.Node, around []ast.Node) {
		switch node := node.(type) {
		case *ast.CallExpr:
			lostContext(pass, node, around)
		case *ast.StructType:
			for _, field := range node.Fields.List {
				if nameOf(pass.TypesInfo.TypeOf(field.Type)) == "context.Context" && len(field.Names) > 0 {
					likely(pass, field, "ctxstored", "a context is kept in a struct, so its lifetime is hidden from callers")
				}
			}
		}
	})
	return nil, nil
}

func lostContext(pass *analysis.Pass, call *ast.CallExpr, around []ast.Node) {
	name := callee(pass.TypesInfo, call)
	isFresh := fresh.MatchString(name)
	if !isFresh && !without.MatchString(name) && name != "time.Sleep" {
		return
	}
	fn, given := contextAround(pass.TypesInfo, around)
	if given == nil {
		return
	}
	switch {
	case name == "time.Sleep":
		if loopAround(around) != nil {
			likely(pass, call, "ctxsleep", "this sleep goes on when %s has ended", given.Name())
		}
	case isFresh:
		if !replaced(pass.TypesInfo, around, given) && !detached(around) && !winddown.MatchString(namesIn(fn)) {
			proven(pass, call, "ctxlost", "%s is at hand, yet a new context is made here, which nobody ends", given.Name())
		}
	default:
		proven(pass, call, "ctxlost", "%s is at hand, and %s goes on when it has ended", given.Name(), short(call.Fun))
	}
}

// contextAround gives the innermost function that is given a context by name, with that parameter.
func contextAround(info *types.Info, around []ast.Node) (ast.Node, types.Object) {
	for i := len(around) - 1; i >= 0; i-- {
		var kind *ast.FuncType
		switch node := around[i].(type) {
		case *ast.FuncDecl:
			kind = node.Type
		case *ast.FuncLit:
			kind = node.Type
		default:
			continue
		}
		for _, field := range kind.Params.List {
			for _, name := range field.Names {
				if name.Name != "_" && nameOf(info.TypeOf(field.Type)) == "context.Context" {
					return around[i], info.Defs[name]
				}
			}
		}
	}
	return nil, nil
}

// replaced tells whether a context that is nil is replaced by another one.
func replaced(info *types.Info, around []ast.Node, given types.Object) bool {
	for _, node := range around {
		if branch, ok := node.(*ast.IfStmt); ok && uses(info, branch.Cond, given) {
			return true
		}
	}
	return false
}

// detached tells whether a call stands in a deferred function or in a goroutine, which may outlive the caller.
func detached(around []ast.Node) bool {
	for _, node := range around {
		switch node.(type) {
		case *ast.DeferStmt, *ast.GoStmt:
			return true
		}
	}
	return false
}

// namesIn gives the names that a function calls, to see whether it winds something down.
func namesIn(fn ast.Node) string {
	names := ""
	if declared, ok := fn.(*ast.FuncDecl); ok {
		names = declared.Name.Name
	}
	ast.Inspect(fn, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok {
			if selector, ok := call.Fun.(*ast.SelectorExpr); ok && (selector.Sel.Name == "Shutdown" || selector.Sel.Name == "Stop") {
				names += " " + selector.Sel.Name
			}
		}
		return true
	})
	return names
}
