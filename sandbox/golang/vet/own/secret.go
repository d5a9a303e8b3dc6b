package own

import (
	"go/ast"
	"regexp"

	"golang.org/x/tools/go/analysis"
)

// secret finds passwords and keys in the code, by the name of what holds them.
var secret = &analysis.Analyzer{Name: "secret", Doc: "a secret stands in the code", Run: runSecret}

var (
	secretNames = regexp.MustCompile(`(?i)(passw(or)?d|secret|token|api_?key|access_?key|private_?key|(encryption|aes|signing|hmac|jwt)_?key|credential)`)
	secretWords = regexp.MustCompile(`(?i)^(|changeme|example|test|todo|.*\$\{.*|<.*>|[a-z_ .-]{1,24})$`)
	logins      = regexp.MustCompile(`[a-z]+://[^\s:/@]+:[^\s:/@]{4,}@`)
	samples     = regexp.MustCompile(`(?i):(pass|passwd|password|secret|example|test|user|\*+|x+|[^@]*[<{$%][^@]*)@`)
	sentences   = regexp.MustCompile(`\s|^[A-Z_]+$|^https?://|%[svdq]`)
)

func runSecret(pass *analysis.Pass) (any, error) {
	walk(pass, func(node ast.Node, _ []ast.Node) {
		switch node := node.(type) {
		case *ast.AssignStmt:
			for i, left := range node.Lhs {
				if len(node.Lhs) == len(node.Rhs) {
					secretIn(pass, short(left), node.Rhs[i], node)
				}
			}
		case *ast.ValueSpec:
			for i, name := range node.Names {
				if i < len(node.Values) {
					secretIn(pass, name.Name, node.Values[i], node)
				}
			}
		case *ast.BasicLit:
			if given, ok := text(pass.TypesInfo, node); ok && logins.MatchString(given) && !samples.MatchString(given) {
				likely(pass, node, "secret", "an address in the code holds a password")
			}
		case *ast.KeyValueExpr:
			if key, ok := node.Key.(*ast.Ident); ok {
				secretIn(pass, key.Name, node.Value, node)
			}
		}
	})
	return nil, nil
}

func secretIn(pass *analysis.Pass, name string, value ast.Expr, at ast.Node) {
	value = ast.Unparen(value)
	bytes := false
	if made, ok := value.(*ast.CallExpr); ok && len(made.Args) == 1 && pass.TypesInfo.Types[made.Fun].IsType() {
		value, bytes = ast.Unparen(made.Args[0]), true // []byte("...")
	}
	given, ok := text(pass.TypesInfo, value)
	if _, literal := value.(*ast.BasicLit); !ok || !literal || !secretNames.MatchString(name) || len(given) < 8 || sentences.MatchString(given) {
		return
	}
	if bytes || !secretWords.MatchString(given) {
		likely(pass, at, "secret", "a secret stands in the code: %s", name)
	}
}
