package own

import (
	"go/ast"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/analysis"
)

// errClose finds writers whose last bytes may be lost: a deferred Close or Flush whose error nobody reads,
// and buffers that nobody flushes.
var errClose = &analysis.Analyzer{Name: "errclose", Doc: "what was written may be lost at the end", Run: runErrClose}

var (
	writers   = regexp.MustCompile(`^(compress/[a-z]+\.NewWriter(Level)?|archive/(zip|tar)\.NewWriter|mime/multipart\.NewWriter)$`)
	buffering = regexp.MustCompile(`^(bufio\.NewWriter(Size)?|encoding/csv\.NewWriter|text/tabwriter\.NewWriter)$`)
	creating  = regexp.MustCompile(`^os\.(Create|CreateTemp)$`)
	finishing = map[string]bool{"Close": true, "Flush": true, "Sync": true, "Error": true, "WriteAll": true}
)

func runErrClose(pass *analysis.Pass) (any, error) {
	functions(pass, func(fn *ast.FuncDecl) {
		found := endings{}
		made := map[*types.Var]*ast.CallExpr{}
		ast.Inspect(fn.Body, func(node ast.Node) bool {
			if assign, ok := node.(*ast.AssignStmt); ok && len(assign.Rhs) == 1 {
				call, isCall := assign.Rhs[0].(*ast.CallExpr)
				variable, named := object(pass.TypesInfo, assign.Lhs[0]).(*types.Var)
				if isCall && named && kindOfWriter(pass.TypesInfo, call) != nil {
					made[variable], found[variable] = call, &ending{}
				}
			}
			return true
		})
		if len(made) == 0 {
			return
		}
		found.fill(pass.TypesInfo, fn.Body)
		for variable, call := range made {
			judgeWriter(pass, call, variable, found[variable])
		}
	})
	return nil, nil
}

// kindOfWriter gives which of the lists names what a call makes, nil for none.
func kindOfWriter(info *types.Info, call *ast.CallExpr) *regexp.Regexp {
	name := callee(info, call)
	for _, kind := range []*regexp.Regexp{buffering, writers, creating} {
		if kind.MatchString(name) {
			return kind
		}
	}
	return nil
}

func judgeWriter(pass *analysis.Pass, call *ast.CallExpr, variable *types.Var, found *ending) {
	switch {
	case kindOfWriter(pass.TypesInfo, call) == buffering:
		if found.deferred == nil && !found.done && !found.away {
			proven(pass, call, "unflushed", "nobody flushes %s, so what was written last is lost", variable.Name())
		}
	case found.deferred != nil && !found.done:
		likely(pass, found.deferred, "errclose", "what was written to %s may be lost: nobody reads the error of its Close", variable.Name())
	}
}

// ending is what a function does with a writer in the end.
type ending struct {
	deferred ast.Node // a deferred Close or Flush whose error is lost
	done     bool     // some Close, Flush or Sync whose error could be read
	away     bool     // it is handed on, so that others may do it
}

// endings are those of the writers of one function.
type endings map[*types.Var]*ending

func (e endings) of(info *types.Info, expr ast.Expr) *ending {
	variable, _ := object(info, expr).(*types.Var)
	if found := e[variable]; found != nil {
		return found
	}
	return &ending{}
}

func (e endings) fill(info *types.Info, body ast.Node) {
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.DeferStmt:
			if on := finished(info, node.Call); on != nil {
				e.of(info, on).deferred = node
				return false
			}
		case *ast.CallExpr:
			if on := finished(info, node); on != nil {
				e.of(info, on).done = true
			}
			if !libraryCall(info, node) {
				e.away(info, node.Args...)
			}
		case *ast.ReturnStmt:
			for _, result := range node.Results {
				ast.Inspect(result, func(inner ast.Node) bool {
					if name, ok := inner.(*ast.Ident); ok {
						e.away(info, name)
					}
					return true
				})
			}
		case *ast.KeyValueExpr:
			e.away(info, node.Value)
		case *ast.CompositeLit:
			e.away(info, node.Elts...)
		case *ast.AssignStmt:
			for i, right := range node.Rhs {
				if _, plain := node.Lhs[min(i, len(node.Lhs)-1)].(*ast.Ident); !plain {
					e.away(info, right)
				}
			}
		}
		return true
	})
}

func (e endings) away(info *types.Info, exprs ...ast.Expr) {
	for _, one := range exprs {
		e.of(info, one).away = true
	}
}

// finished gives what a call of Close, Flush or the like is made on.
func finished(info *types.Info, call *ast.CallExpr) ast.Expr {
	if on := receiver(info, call); on != nil && finishing[called(info, call)] {
		return on
	}
	return nil
}

// libraryCall tells whether a call goes to the library, which closes nothing for its caller.
func libraryCall(info *types.Info, call *ast.CallExpr) bool {
	name := callee(info, call)
	return libraryWrites.MatchString(name)
}

var libraryWrites = regexp.MustCompile(`^(fmt\.|io\.|bufio\.|encoding/|compress/|archive/|text/|html/|log\.|\(\*?(encoding|text|html|os|bytes|strings|bufio))`)
