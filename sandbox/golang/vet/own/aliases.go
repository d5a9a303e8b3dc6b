package own

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// aliases finds memory that two owners share without knowing: a guarded map that is given away, and two
// slices that grow from the same one.
var aliases = &analysis.Analyzer{Name: "aliases", Doc: "two owners share memory", Run: runAliases}

func runAliases(pass *analysis.Pass) (any, error) {
	functions(pass, func(fn *ast.FuncDecl) {
		exposed(pass, fn)
		grown(pass, fn)
	})
	return nil, nil
}

// exposed finds a method that takes the lock of its struct and returns the map or slice that it guards.
func exposed(pass *analysis.Pass, fn *ast.FuncDecl) {
	if fn.Recv == nil || len(fn.Recv.List[0].Names) == 0 || !guards(pass.TypesInfo, fn) {
		return
	}
	self := pass.TypesInfo.Defs[fn.Recv.List[0].Names[0]]
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		if _, inner := node.(*ast.FuncLit); inner {
			return false
		}
		back, ok := node.(*ast.ReturnStmt)
		if !ok {
			return true
		}
		for _, result := range back.Results {
			field, ok := ast.Unparen(result).(*ast.SelectorExpr)
			if !ok || object(pass.TypesInfo, field.X) != self || replacedIn(pass.TypesInfo, fn, field) {
				continue
			}
			switch pass.TypesInfo.TypeOf(field).Underlying().(type) {
			case *types.Map:
				proven(pass, back, "lockescape", "the map %s is given away, so callers use it without its lock", short(field))
			case *types.Slice:
				likely(pass, back, "lockescape", "the slice %s is given away, so callers use it without its lock", short(field))
			}
		}
		return true
	})
}

// guards tells whether a method takes a lock of its own receiver.
func guards(info *types.Info, fn *ast.FuncDecl) (found bool) {
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		name := ""
		if ok {
			name = callee(info, call)
		}
		found = found || name == "(*sync.Mutex).Lock" || name == "(*sync.RWMutex).Lock" || name == "(*sync.RWMutex).RLock"
		return !found
	})
	return found
}

// replacedIn tells whether the method puts something new in the place of the field, so that it hands the old over.
func replacedIn(info *types.Info, fn *ast.FuncDecl, field *ast.SelectorExpr) (found bool) {
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		if assign, ok := node.(*ast.AssignStmt); ok {
			for _, left := range assign.Lhs {
				found = found || short(left) == short(field)
			}
		}
		return !found
	})
	return found
}

// grown finds two slices that are appended to one slice and kept under other names.
func grown(pass *analysis.Pass, fn *ast.FuncDecl) {
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		for _, list := range statements(node) {
			seen := map[types.Object]string{}
			for _, one := range list {
				base, name := appended(pass.TypesInfo, one)
				for changed := range changedBy(pass.TypesInfo, one) {
					delete(seen, changed)
				}
				if base == nil {
					continue
				}
				if other := seen[base]; other != "" && other != name {
					likely(pass, one, "appendshared", "%s and %s both grow from %s, so one may overwrite the other", other, name, base.Name())
				}
				seen[base] = name
			}
		}
		return true
	})
}

// appended gives the slice that `x := append(base, ...)` grows from, and the name of what becomes of it.
func appended(info *types.Info, one ast.Stmt) (base types.Object, name string) {
	assign, ok := one.(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 || len(assign.Lhs) != 1 {
		return nil, ""
	}
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	if !ok || short(call.Fun) != "append" || len(call.Args) < 2 {
		return nil, ""
	}
	base = object(info, call.Args[0])
	if base == nil || base == object(info, assign.Lhs[0]) {
		return nil, ""
	}
	return base, short(assign.Lhs[0])
}

func changedBy(info *types.Info, one ast.Stmt) map[types.Object]bool {
	found := map[types.Object]bool{}
	if assign, ok := one.(*ast.AssignStmt); ok && (assign.Tok == token.ASSIGN || assign.Tok == token.DEFINE) {
		for _, left := range assign.Lhs {
			if changed := object(info, left); changed != nil {
				found[changed] = true
			}
		}
	}
	return found
}
