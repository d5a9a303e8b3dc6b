package own

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// weakChecks finds what guards a secret badly: comparisons that tell how much fits, fast hashes for
// passwords, tokens that are not verified, origins that are all let in, and errors that are told to strangers.
var weakChecks = &analysis.Analyzer{Name: "weakchecks", Doc: "what guards a secret guards it badly", Run: runWeakChecks}

var (
	secretValues   = regexp.MustCompile(`(?i)(passw(or)?d|secret|token|api[_-]?key|signature|\bhmac|\bmac$|digest|csrf|nonce|\botp\b)`)
	noSecrets      = regexp.MustCompile(`(?i)(tokentype|token_?kind|len|count|index|type|kind|name|path|url|file|method|length|field|header|prefix)$|(?i)confirm|repeat|again|retyped?`)
	passwordValues = regexp.MustCompile(`(?i)passw(or)?d|passphrase|\bpwd\b`)
	fastHashes     = regexp.MustCompile(`^crypto/(md5\.Sum|sha1\.Sum|sha256\.Sum(256|224)|sha512\.Sum(512|384|512_256|512_224))$`)
)

func runWeakChecks(pass *analysis.Pass) (any, error) {
	walk(pass, func(node ast.Node, around []ast.Node) {
		switch node := node.(type) {
		case *ast.BinaryExpr:
			slowly(pass, node)
		case *ast.CallExpr:
			fastly(pass, node, around)
			toldError(pass, node, around)
		}
	})
	functions(pass, func(fn *ast.FuncDecl) { everyOrigin(pass, fn) })
	return nil, nil
}

// slowly finds a secret that is compared with ==, which takes longer the more of it fits.
func slowly(pass *analysis.Pass, test *ast.BinaryExpr) {
	if (test.Op != token.EQL && test.Op != token.NEQ) || !isString(pass.TypesInfo, test.X) || !isString(pass.TypesInfo, test.Y) {
		return
	}
	if _, ok := pass.TypesInfo.TypeOf(test.X).(*types.Named); ok {
		return // a kind of token, say
	}
	for _, side := range []ast.Expr{test.X, test.Y} {
		if given, fixed := text(pass.TypesInfo, side); fixed && len(given) < 8 {
			return
		}
	}
	if isSecret(test.X) && isSecret(test.Y) {
		likely(pass, test, "timingcompare", "%s is compared with ==, which takes longer the more of it fits", lastName(test.X))
	}
}

func isSecret(expr ast.Expr) bool {
	name := lastName(expr)
	return secretValues.MatchString(name) && !noSecrets.MatchString(name)
}

// lastName gives the name that tells what a value is: the last one, or the argument of a look-up.
func lastName(expr ast.Expr) string {
	switch expr := ast.Unparen(expr).(type) {
	case *ast.Ident:
		return expr.Name
	case *ast.SelectorExpr:
		return expr.Sel.Name
	case *ast.CallExpr:
		if len(expr.Args) == 1 {
			return lastName(expr.Args[0])
		}
	case *ast.BasicLit:
		return strings.Trim(expr.Value, "\"`")
	case *ast.IndexExpr:
		return lastName(expr.Index)
	}
	return ""
}

// fastly finds a password that goes into a hash made for speed.
func fastly(pass *analysis.Pass, call *ast.CallExpr, around []ast.Node) {
	name := callee(pass.TypesInfo, call)
	if fastHashes.MatchString(name) && len(call.Args) == 1 && mentions(call.Args[0], passwordValues) {
		likely(pass, call, "fastpassword", "a hash made for speed keeps a password; it can be guessed quickly")
		return
	}
	writes := name == "(hash.Hash).Write" || name == "(io.Writer).Write" || name == "io.WriteString"
	if !writes || len(call.Args) == 0 || !mentions(call.Args[len(call.Args)-1], passwordValues) {
		return
	}
	into := receiver(pass.TypesInfo, call)
	if into == nil {
		into = call.Args[0]
	}
	if typeName(pass.TypesInfo, into) == "hash.Hash" && !keyed(pass, around) {
		likely(pass, call, "fastpassword", "a hash made for speed keeps a password; it can be guessed quickly")
	}
}

// keyed tells whether the function makes an HMAC, which hashes no password.
func keyed(pass *analysis.Pass, around []ast.Node) (found bool) {
	for _, node := range around {
		if fn, ok := node.(*ast.FuncDecl); ok {
			ast.Inspect(fn, func(node ast.Node) bool {
				call, ok := node.(*ast.CallExpr)
				found = found || (ok && callee(pass.TypesInfo, call) == "crypto/hmac.New")
				return !found
			})
		}
	}
	return found
}

func mentions(node ast.Node, wanted *regexp.Regexp) (found bool) {
	ast.Inspect(node, func(node ast.Node) bool {
		name, ok := node.(*ast.Ident)
		found = found || (ok && wanted.MatchString(name.Name))
		return !found
	})
	return found
}

var internals = regexp.MustCompile(`StatusInternalServerError|500`)

// toldError finds an error of our own that is sent to the asker as it is.
func toldError(pass *analysis.Pass, call *ast.CallExpr, _ []ast.Node) {
	if callee(pass.TypesInfo, call) != "net/http.Error" || len(call.Args) != 3 || !internals.MatchString(short(call.Args[2])) {
		return
	}
	ast.Inspect(call.Args[1], func(node ast.Node) bool {
		inner, ok := node.(*ast.CallExpr)
		if ok && called(pass.TypesInfo, inner) == "Error" && strings.HasSuffix(callee(pass.TypesInfo, inner), "(error).Error") {
			likely(pass, call, "errtold", "what went wrong inside is told to the asker word for word")
		}
		return true
	})
}

// everyOrigin finds an answer that lets pages of every origin read it with the asker's cookies.
func everyOrigin(pass *analysis.Pass, fn *ast.FuncDecl) {
	var origin, cookies ast.Node
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || callee(pass.TypesInfo, call) != "(net/http.Header).Set" || len(call.Args) != 2 {
			return true
		}
		key, _ := text(pass.TypesInfo, call.Args[0])
		value, _ := text(pass.TypesInfo, call.Args[1])
		switch strings.ToLower(key) {
		case "access-control-allow-origin":
			if value == "*" || reflects(pass, fn, call.Args[1]) {
				origin = call
			}
		case "access-control-allow-credentials":
			cookies = call
		}
		return true
	})
	if origin != nil && cookies != nil {
		proven(pass, origin, "anyorigin", "pages of every origin may read the answer with the asker's cookies")
	}
}

// reflects tells whether the origin that asks is let in as it is, without a look at it.
func reflects(pass *analysis.Pass, fn *ast.FuncDecl, value ast.Expr) bool {
	if call, ok := ast.Unparen(value).(*ast.CallExpr); ok {
		return callee(pass.TypesInfo, call) == "(net/http.Header).Get"
	}
	variable := object(pass.TypesInfo, value)
	looked, from := false, false
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			if variable != nil && len(node.Rhs) == 1 && object(pass.TypesInfo, node.Lhs[0]) == variable {
				call, ok := node.Rhs[0].(*ast.CallExpr)
				from = from || (ok && callee(pass.TypesInfo, call) == "(net/http.Header).Get")
			}
		case *ast.IndexExpr:
			looked = looked || uses(pass.TypesInfo, node.Index, variable)
		case *ast.CallExpr:
			for _, argument := range node.Args {
				looked = looked || (object(pass.TypesInfo, argument) == variable && argument != value)
			}
		case *ast.BinaryExpr:
			given, _ := text(pass.TypesInfo, node.Y)
			looked = looked || (uses(pass.TypesInfo, node, variable) && given != "")
		}
		return true
	})
	return from && !looked
}
