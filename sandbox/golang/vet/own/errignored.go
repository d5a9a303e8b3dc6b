package own

import (
	"go/ast"
	"go/token"
	"regexp"

	"golang.org/x/tools/go/analysis"
)

// errIgnored finds errors that nobody looks at: a call as a statement, or a blank in their place.
var errIgnored = &analysis.Analyzer{Name: "errignored", Doc: "an error result is dropped", Requires: []*analysis.Analyzer{declarations}, Run: runErrIgnored}

func runErrIgnored(pass *analysis.Pass) (any, error) {
	walk(pass, func(node ast.Node, around []ast.Node) {
		switch node := node.(type) {
		case *ast.ExprStmt:
			call, ok := node.X.(*ast.CallExpr)
			if ok && failing(pass.TypesInfo, call) && !pardoned(pass, call, around) {
				proven(pass, node, "errignored", "the error that %s returns is not looked at", short(call.Fun))
			}
		case *ast.AssignStmt:
			call := blanked(node)
			if call != nil && failing(pass.TypesInfo, call) && !pardoned(pass, call, around) &&
				!explained(pass, around, node.Pos()) && !fixed(pass, call) {
				proven(pass, node, "errblank", "the error that %s returns is thrown away with _", short(call.Fun))
			}
		}
	})
	return nil, nil
}

// blanked gives the call whose last result goes to the blank identifier.
func blanked(statement *ast.AssignStmt) *ast.CallExpr {
	if len(statement.Rhs) != 1 {
		return nil
	}
	call, _ := statement.Rhs[0].(*ast.CallExpr)
	if last, ok := statement.Lhs[len(statement.Lhs)-1].(*ast.Ident); !ok || last.Name != "_" {
		return nil
	}
	return call
}

var (
	// What never fails, or where nothing could be done about it.
	harmless = regexp.MustCompile(`^(fmt\.F?[Pp]rint.*|\(\*strings\.Builder\)\..*|\(\*bytes\.Buffer\)\..*|\(\*text/tabwriter\.Writer\)\..*|` +
		`\(\*bufio\.Writer\)\.(Write.*|ReadFrom)|\(.*\)\.(Unread(Byte|Rune)|CloseWithError)|\(\*hash/maphash\.Hash\)\..*|\(?(crypto|math)/rand.*|\(\*flag\.FlagSet\)\.Parse|.*\)\.Set(Read|Write)?Deadline|` +
		`\(net/http\.ResponseWriter\)\.Write|\(hash\.Hash\)\..*|.*\)\.(Rollback|Kill|Release)|\(\*os\.File\)\.Sync)$`)
	closing = regexp.MustCompile(`^(.*\)\.Close|os\.Remove(All)?|.*\)\.(Remove(All)?|Cancel|Abort))$`)
	sinks   = regexp.MustCompile(`^(hash\.Hash(32|64)?|strings\.Builder|bytes\.Buffer|net/http\.ResponseWriter)$`)
	stdio   = regexp.MustCompile(`^(os\.Std(out|err)|io\.Discard)$`)
	writing = regexp.MustCompile(`^(io\.(WriteString|Copy|CopyN|CopyBuffer)|encoding/binary\.Write|.*\)\.(Write|WriteString|WriteByte|WriteRune|Encode|Flush))$`)
)

// pardoned tells whether the error of a call may be left alone.
func pardoned(pass *analysis.Pass, call *ast.CallExpr, around []ast.Node) bool {
	name := callee(pass.TypesInfo, call)
	switch {
	case harmless.MatchString(name) || neverFails(pass, call):
		return true
	case closing.MatchString(name):
		return called(pass.TypesInfo, call) == "Close" || cleaning(around)
	case writing.MatchString(name):
		return toMemory(pass, call)
	}
	return false
}

// neverFails tells whether a function of the package returns nothing but nil as its error.
func neverFails(pass *analysis.Pass, call *ast.CallExpr) bool {
	fn := declared(pass, call)
	if fn == nil {
		return false
	}
	fails := false
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			fails = fails || len(node.Results) == 0 || !isNil(pass.TypesInfo, node.Results[len(node.Results)-1])
		}
		return true
	})
	return !fails
}

// toMemory tells whether a call writes to memory, a hash, a standard stream or a client that went away.
func toMemory(pass *analysis.Pass, call *ast.CallExpr) bool {
	into := receiver(pass.TypesInfo, call)
	if into == nil && len(call.Args) > 0 {
		into = call.Args[0]
	}
	if made := makerOf(pass, into); made != nil && len(made.Args) > 0 && !sinks.MatchString(typeName(pass.TypesInfo, into)) {
		into = made.Args[0] // json.NewEncoder(w).Encode(v)
	}
	if address, ok := into.(*ast.UnaryExpr); ok && address.Op == token.AND {
		into = address.X
	}
	return into != nil && (sinks.MatchString(typeName(pass.TypesInfo, into)) || stdio.MatchString(short(into)))
}

// cleaning tells whether a node stands where another error is being handled or everything is given up.
func cleaning(around []ast.Node) bool {
	for _, node := range around {
		switch node := node.(type) {
		case *ast.IfStmt:
			if sum, ok := node.Cond.(*ast.BinaryExpr); ok && sum.Op == token.NEQ && short(sum.Y) == "nil" {
				return true
			}
		case *ast.DeferStmt:
			return true
		case *ast.CallExpr:
			if selector, ok := node.Fun.(*ast.SelectorExpr); ok && selector.Sel.Name == "Cleanup" {
				return true
			}
		}
	}
	return false
}

// fixed tells whether a call reads constant text only, so that it fails always or never.
var readsText = regexp.MustCompile(`Parse|Compile|Atoi|Decode|Unquote`)

func fixed(pass *analysis.Pass, call *ast.CallExpr) bool {
	fixed := false
	for _, argument := range call.Args {
		_, constant := text(pass.TypesInfo, argument)
		if isString(pass.TypesInfo, argument) && !constant {
			return false
		}
		fixed = fixed || constant
	}
	return fixed && readsText.MatchString(callee(pass.TypesInfo, call)) && receiver(pass.TypesInfo, call) == nil
}
