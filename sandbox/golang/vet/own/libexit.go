package own

import (
	"go/ast"
	"regexp"

	"golang.org/x/tools/go/analysis"
)

// libExit finds functions of a library that end the whole program.
var libExit = &analysis.Analyzer{Name: "libexit", Doc: "a library ends the program", Run: runLibExit}

var exits = regexp.MustCompile(`^(os\.Exit|(\(\*)?log\.(Logger\)\.)?Fatal(f|ln)?)$`)

// allowed are functions whose name says that they end the program, or that nobody calls.
var allowed = regexp.MustCompile(`(?i)^must|^init$|^example|exit|fatal|panic|usage|^(run)?main$`)

func runLibExit(pass *analysis.Pass) (any, error) {
	if pass.Pkg.Name() == "main" {
		return nil, nil
	}
	functions(pass, func(fn *ast.FuncDecl) {
		if allowed.MatchString(fn.Name.Name) {
			return
		}
		last := fn.Type.Results
		ast.Inspect(fn.Body, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch {
			case exits.MatchString(callee(pass.TypesInfo, call)):
				likely(pass, call, "libexit", "%s ends the whole program; the caller can't handle it", short(call.Fun))
			case short(call.Fun) == "panic" && last != nil && len(call.Args) == 1 && returnsError(pass, last) && short(call.Args[0]) == "err":
				likely(pass, call, "libexit", "the error becomes a panic, although this function returns one")
			}
			return true
		})
	})
	return nil, nil
}

func returnsError(pass *analysis.Pass, results *ast.FieldList) bool {
	if len(results.List) == 0 {
		return false
	}
	return pass.TypesInfo.TypeOf(results.List[len(results.List)-1].Type) == errorType
}
