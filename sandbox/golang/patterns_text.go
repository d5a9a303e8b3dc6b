package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

var (
	secretNames = regexp.MustCompile(`(?i)(passw(or)?d|secret|token|api_?key|access_?key|private_?key|credential)`)
	secretWords = regexp.MustCompile(`(?i)^(|changeme|example|test|todo|.*\$\{.*|<.*>|[a-z_ .-]{1,24})$`)
)

func (w *watcher) secret(name string, value ast.Expr, at ast.Node) {
	text, ok := w.text(value)
	if _, literal := ast.Unparen(value).(*ast.BasicLit); !ok || !literal || !secretNames.MatchString(name) {
		return
	}
	if len(text) >= 8 && !secretWords.MatchString(text) {
		w.report(at, "secret", "a secret stands in the code: "+name, false)
	}
}

func (w *watcher) secretAssign(statement *ast.AssignStmt) {
	for i, left := range statement.Lhs {
		if len(statement.Lhs) == len(statement.Rhs) {
			w.secret(short(left), statement.Rhs[i], statement)
		}
	}
}

func (w *watcher) secretSpec(spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		if i < len(spec.Values) {
			w.secret(name.Name, spec.Values[i], spec)
		}
	}
}

func (w *watcher) secretField(field *ast.KeyValueExpr) {
	if key, ok := field.Key.(*ast.Ident); ok {
		w.secret(key.Name, field.Value, field)
	}
}

// growth finds a string that grows in a loop: every step copies all of it.
func (w *watcher) growth(body *ast.BlockStmt) {
	ast.Inspect(body, func(node ast.Node) bool {
		assign, ok := node.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 1 || !w.isString(assign.Lhs[0]) {
			return true
		}
		if assign.Tok == token.ADD_ASSIGN || (assign.Tok == token.ASSIGN && w.addsToItself(assign)) {
			if w.outlives(assign.Lhs[0], body) {
				w.report(assign, "stringconcatloop", "a string grows in a loop; every step copies all of it", true)
			}
		}
		return true
	})
}

func (w *watcher) addsToItself(assign *ast.AssignStmt) bool {
	sum, ok := ast.Unparen(assign.Rhs[0]).(*ast.BinaryExpr)
	for ok && sum.Op == token.ADD {
		if short(sum.X) == short(assign.Lhs[0]) {
			return true
		}
		sum, ok = ast.Unparen(sum.X).(*ast.BinaryExpr)
	}
	return false
}

// outlives tells whether a variable was declared before the loop, so that it really grows.
func (w *watcher) outlives(expr ast.Expr, body *ast.BlockStmt) bool {
	ident, ok := expr.(*ast.Ident)
	if !ok {
		return true
	}
	object := w.info.ObjectOf(ident)
	return object != nil && (object.Pos() < body.Pos() || object.Pos() > body.End())
}

var (
	joins   = regexp.MustCompile(`^path(/filepath)?\.Join$`)
	openers = regexp.MustCompile(`^os\.(Open|OpenFile|ReadFile|WriteFile|Create|Remove|RemoveAll)$|^net/http\.ServeFile$`)
	checks  = regexp.MustCompile(`^(path/filepath\.(IsLocal|Rel|Base|EvalSymlinks|Localize)|path\.Base|strings\.(HasPrefix|Contains|ContainsAny|HasSuffix|ReplaceAll)|os\.OpenRoot|regexp\..*|\(\*regexp\.Regexp\)\..*)$`)
	sources = regexp.MustCompile(`^(\(net/url\.Values\)\.Get|\(\*net/http\.Request\)\.(FormValue|PathValue|PostFormValue))$`)
)

// paths finds a path joined from a request and opened in a function that never checks it.
func (w *watcher) paths(fn *ast.FuncDecl) {
	var joined ast.Node
	opens, checked := false, false
	ast.Inspect(fn, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			name := w.callee(node)
			checked = checked || checks.MatchString(name)
			opens = opens || openers.MatchString(name)
			if joined == nil && joins.MatchString(name) && w.foreign(fn, node.Args) {
				joined = node
			}
		case *ast.BinaryExpr:
			if joined == nil && node.Op == token.ADD && w.isString(node) && w.slashed(node.X) && w.foreign(fn, []ast.Expr{node.Y}) {
				joined = node
			}
		}
		return true
	})
	if joined != nil && opens && !checked {
		w.report(joined, "pathjoin", "a name from outside is joined to a path and opened without a check", false)
	}
}

func (w *watcher) slashed(expr ast.Expr) bool {
	text, ok := w.text(expr)
	if sum, isSum := expr.(*ast.BinaryExpr); isSum {
		text, ok = w.text(sum.Y)
	}
	return ok && strings.HasSuffix(text, "/")
}

// foreign tells whether a part of a path comes from a request, or from a string parameter of a handler.
func (w *watcher) foreign(fn *ast.FuncDecl, parts []ast.Expr) bool {
	for _, part := range parts {
		if w.info.Types[part].Value == nil && w.fromRequest(fn, part, map[string]bool{}) {
			return true
		}
	}
	return false
}

func (w *watcher) fromRequest(fn *ast.FuncDecl, part ast.Expr, seen map[string]bool) bool {
	part = ast.Unparen(part)
	if call, ok := part.(*ast.CallExpr); ok {
		return sources.MatchString(w.callee(call)) || (len(call.Args) == 1 && w.fromRequest(fn, call.Args[0], seen))
	}
	ident, ok := part.(*ast.Ident)
	if !ok {
		return strings.HasSuffix(short(part), "URL.Path")
	}
	if seen[ident.Name] {
		// `name = strings.TrimSpace(name)` comes from itself.
		return false
	}
	seen[ident.Name] = true
	found := false
	ast.Inspect(fn, func(node ast.Node) bool {
		assign, ok := node.(*ast.AssignStmt)
		if ok && len(assign.Rhs) == 1 && short(assign.Lhs[0]) == ident.Name && !found {
			_, again := assign.Rhs[0].(*ast.Ident)
			found = !again && w.fromRequest(fn, assign.Rhs[0], seen)
		}
		return !found
	})
	return found
}

// short writes an expression the short way.
func short(expr ast.Expr) string { return types.ExprString(expr) }
