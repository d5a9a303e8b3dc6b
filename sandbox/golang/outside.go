package main

import (
	"go/ast"
	"go/types"
	"strings"
)

// outsidePackages reach beyond the process; a function that uses one is not called for a trial.
var outsidePackages = []string{"net", "net/http", "net/rpc", "net/smtp", "os/exec", "os/signal", "database/sql", "syscall", "plugin", "flag", "log/syslog", "crypto/tls"}

var outsideNames = map[string]bool{"os.Exit": true, "os.Stdin": true, "log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true,
	"fmt.Scan": true, "fmt.Scanf": true, "fmt.Scanln": true, "runtime.Goexit": true, "os.Remove": true, "os.RemoveAll": true,
	"os.Args": true, "os.FindProcess": true, "os.StartProcess": true, "os.Chdir": true, "time.Tick": true, "testing.T": true}

// reach knows which functions of a package lead outside, directly or through others of the package.
type reach struct {
	one    *checked
	bodies map[types.Object]*ast.FuncDecl
	memo   map[types.Object]bool
}

func newReach(one *checked) *reach {
	r := &reach{one: one, bodies: map[types.Object]*ast.FuncDecl{}, memo: map[types.Object]bool{}}
	for _, file := range one.unit.files {
		for _, decl := range file.syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && one.info.Defs[fn.Name] != nil {
				r.bodies[one.info.Defs[fn.Name]] = fn
			}
		}
	}
	return r
}

// outside tells whether calling the function could end the process, wait for input or reach the network.
func (r *reach) outside(fn types.Object) bool {
	if known, seen := r.memo[fn]; seen {
		return known
	}
	r.memo[fn] = false
	decl := r.bodies[fn]
	if decl == nil || decl.Body == nil {
		return false
	}
	found := endless(decl)
	ast.Inspect(decl.Body, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok && !found {
			if used := r.one.info.Uses[name]; used != nil {
				found = leavesProcess(used) || used.Pkg() == r.one.pkg && r.outside(origin(used))
			}
		}
		return !found
	})
	r.memo[fn] = found
	return found
}

func origin(used types.Object) types.Object {
	if fn, ok := used.(*types.Func); ok {
		return fn.Origin()
	}
	return used
}

func leavesProcess(used types.Object) bool {
	if used.Pkg() == nil {
		return false
	}
	path := used.Pkg().Path()
	if _, isConst := used.(*types.Const); isConst {
		return false
	}
	if _, isPackage := used.(*types.PkgName); isPackage {
		return false
	}
	for _, one := range outsidePackages {
		if path == one {
			return true
		}
	}
	return outsideNames[path+"."+used.Name()]
}

// endless tells whether a function is made to run for ever: it gives nothing back and has a loop without an end.
func endless(decl *ast.FuncDecl) bool {
	if decl.Type.Results != nil && len(decl.Type.Results.List) > 0 {
		return false
	}
	found := false
	ast.Inspect(decl.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit, *ast.GoStmt:
			return false
		case *ast.ForStmt:
			found = found || node.Cond == nil && !leaves(node.Body)
		case *ast.SelectStmt:
			found = found || len(node.Body.List) == 0
		}
		return true
	})
	return found
}

func leaves(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || node.Tok.String() == "break" || node.Tok.String() == "goto"
		}
		return true
	})
	return found
}

// roots are functions that nothing but main calls: what a program is entered by, not its helpers.
func (r *reach) roots() map[types.Object]bool {
	called := map[types.Object]bool{}
	for object, decl := range r.bodies {
		if decl.Name.Name == "main" && decl.Recv == nil || decl.Body == nil {
			continue
		}
		ast.Inspect(decl.Body, func(node ast.Node) bool {
			if name, ok := node.(*ast.Ident); ok {
				if used := r.one.info.Uses[name]; used != nil && origin(used) != object {
					called[origin(used)] = true
				}
			}
			return true
		})
	}
	found := map[types.Object]bool{}
	for object := range r.bodies {
		found[object] = !called[object]
	}
	return found
}

// warns tells whether the doc comment names a condition that our plain values may break.
func (r *reach) warns(fn types.Object) bool {
	decl := r.bodies[fn]
	if decl == nil || decl.Doc == nil {
		return false
	}
	text := strings.ToLower(decl.Doc.Text())
	for _, word := range []string{"panic", "must be", "must not", "must have", "caller must", "precondition", "requires", "assumes", "blocks until", "block until", "blocks forever", "expects", "sorted"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// polls tells whether a loop of the function looks again and again at what another goroutine changes.
func (r *reach) polls(fn types.Object) bool {
	decl := r.bodies[fn]
	if decl == nil || decl.Body == nil {
		return false
	}
	found := false
	ast.Inspect(decl.Body, func(node ast.Node) bool {
		if loop, ok := node.(*ast.ForStmt); ok {
			ast.Inspect(loop, func(inner ast.Node) bool {
				found = found || r.looks(inner)
				return !found
			})
		}
		return !found
	})
	return found
}

func (r *reach) looks(node ast.Node) bool {
	name, ok := node.(*ast.Ident)
	if !ok {
		return false
	}
	fn, ok := r.one.info.Uses[name].(*types.Func)
	if !ok || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "sync/atomic":
		return strings.HasPrefix(fn.Name(), "Load")
	case "runtime":
		return fn.Name() == "Gosched"
	}
	return false
}
