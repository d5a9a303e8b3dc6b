package own

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// unverified finds tokens that are read by hand and believed: split, decoded, and never verified, or
// verified by the method that they name themselves.
var unverified = &analysis.Analyzer{Name: "unverified", Doc: "a signed token is believed without its signature", Run: runUnverified}

var (
	tokenNames = regexp.MustCompile(`(?i)(jwt|token|bearer)`)
	methodName = regexp.MustCompile(`(?i)(^|\.)alg(orithm)?$`)
	verifying  = regexp.MustCompile(`^(crypto/(hmac|subtle|rsa|ecdsa|ed25519)\.|\(\*?crypto/)`)
	tokenChars = regexp.MustCompile(`^(encoding/base64|\(\*encoding/base64)`)
)

func runUnverified(pass *analysis.Pass) (any, error) {
	verifies := false
	walk(pass, func(node ast.Node, _ []ast.Node) {
		if call, ok := node.(*ast.CallExpr); ok {
			verifies = verifies || verifying.MatchString(callee(pass.TypesInfo, call))
		}
	})
	functions(pass, func(fn *ast.FuncDecl) {
		var split ast.Node
		decodes := false
		ast.Inspect(fn.Body, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := callee(pass.TypesInfo, call)
			if (name == "strings.Split" || name == "strings.SplitN") && tokenNames.MatchString(short(call.Args[0])) {
				if by, _ := text(pass.TypesInfo, call.Args[1]); by == "." {
					split = call
				}
			}
			decodes = decodes || (tokenChars.MatchString(name) && strings.Contains(name, "Decode"))
			return true
		})
		if split != nil && decodes && !verifies {
			likely(pass, split, "unverified", "a signed token is taken apart and believed, and nobody verifies its signature")
		}
		ast.Inspect(fn.Body, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.IfStmt:
				if test, ok := node.Cond.(*ast.BinaryExpr); ok && lets(pass, node.Body) {
					acceptsNone(pass, test)
				}
			case *ast.ReturnStmt:
				for _, result := range node.Results {
					if test, ok := result.(*ast.BinaryExpr); ok {
						acceptsNone(pass, test)
					}
				}
			}
			return true
		})
	})
	return nil, nil
}

// lets tells whether a branch ends with success: true, or nil for an error.
func lets(pass *analysis.Pass, body *ast.BlockStmt) (found bool) {
	for _, one := range body.List {
		if back, ok := one.(*ast.ReturnStmt); ok && len(back.Results) > 0 {
			last := back.Results[len(back.Results)-1]
			found = isNil(pass.TypesInfo, last) || short(last) == "true"
		}
	}
	return found
}

// acceptsNone finds a comparison that takes "none" for a signing method.
func acceptsNone(pass *analysis.Pass, test *ast.BinaryExpr) {
	if test.Op != token.EQL {
		return
	}
	given, fixed := text(pass.TypesInfo, test.Y)
	if fixed && strings.EqualFold(given, "none") && methodName.MatchString(short(test.X)) {
		likely(pass, test, "unverified", "a token may say of itself that it needs no signature")
	}
}
