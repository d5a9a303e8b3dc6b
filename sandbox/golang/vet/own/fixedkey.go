package own

import (
	"go/ast"
	"go/token"
	"regexp"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// fixedKey finds keys that stand in the code, whatever they are called.
var fixedKey = &analysis.Analyzer{Name: "fixedkey", Doc: "a key stands in the code",
	Requires: []*analysis.Analyzer{programs}, Run: runFixedKey}

var takesKey = regexp.MustCompile(`^crypto/(aes\.NewCipher|des\.New(TripleDES)?Cipher|rc4\.NewCipher|hmac\.New)$`)

func runFixedKey(pass *analysis.Pass) (any, error) {
	named := map[token.Pos]bool{}
	walk(pass, func(node ast.Node, _ []ast.Node) {
		if call, ok := node.(*ast.CallExpr); ok && len(call.Args) > 0 && mentions(call.Args[len(call.Args)-1], secretNames) {
			named[call.Lparen] = true // secret speaks of it already
		}
	})
	programOf(pass).each(func(one ssa.Instruction) {
		call, ok := one.(*ssa.Call)
		if !ok || named[call.Pos()] || !takesKey.MatchString(nameOfCall(&call.Call)) {
			return
		}
		key := call.Call.Args[len(call.Call.Args)-1]
		if given, fixed := constantText(key); fixed && given != "" {
			proven(pass, point(call.Pos()), "fixedkey", "the key of %s stands in the code", shortName(nameOfCall(&call.Call)))
		}
	})
	return nil, nil
}
