package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// watcher looks for a few well-known shapes in one file; Typed is set only where types prove them.
type watcher struct {
	fset  *token.FileSet
	info  *types.Info
	file  *ast.File
	found []Problem
}

func (w *watcher) all() []Problem {
	for _, decl := range w.file.Decls {
		ast.Inspect(decl, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.ExprStmt:
				w.ignored(node)
			case *ast.AssignStmt:
				w.blank(node)
				w.secretAssign(node)
			case *ast.ValueSpec:
				w.secretSpec(node)
			case *ast.KeyValueExpr:
				w.secretField(node)
			case *ast.CallExpr:
				w.calls(node)
			case *ast.ForStmt:
				w.growth(node.Body)
			case *ast.RangeStmt:
				w.growth(node.Body)
			}
			return true
		})
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
			w.paths(fn)
		}
	}
	return w.found
}

func (w *watcher) report(node ast.Node, rule, message string, proven bool) {
	at, end := w.fset.Position(node.Pos()), w.fset.Position(node.End())
	for _, seen := range w.found {
		if seen.Rule == rule && seen.Line == at.Line {
			return
		}
	}
	w.found = append(w.found, Problem{File: at.Filename, Line: at.Line, Column: at.Column, EndLine: end.Line,
		EndColumn: end.Column, Rule: rule, Message: message, Typed: proven})
}

var errorType = types.Universe.Lookup("error").Type()

// returnsError tells whether the last result of a call is an error.
func (w *watcher) returnsError(call *ast.CallExpr) bool {
	switch result := w.info.TypeOf(call).(type) {
	case nil:
		return false
	case *types.Tuple:
		return result.Len() > 0 && types.Identical(result.At(result.Len()-1).Type(), errorType)
	default:
		return types.Identical(result, errorType)
	}
}

// harmless lists calls whose error nobody is expected to read.
var harmless = regexp.MustCompile(`^(fmt\.(Print|Fprint).*|\(\*strings\.Builder\)\..*|\(\*bytes\.Buffer\)\..*|\(hash\.Hash\)\..*|\(\*text/tabwriter\.Writer\)\.Flush|math/rand.*)$`)

func (w *watcher) callee(call *ast.CallExpr) string {
	var ident *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		ident = fun
	case *ast.SelectorExpr:
		ident = fun.Sel
	default:
		return ""
	}
	fn, ok := w.info.Uses[ident].(*types.Func)
	if !ok {
		return ""
	}
	// A hash writes through an embedded io.Writer; what counts is the type it was called on.
	if selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && strings.HasPrefix(types.TypeString(orInvalid(w.info.TypeOf(selector.X)), nil), "hash.Hash") {
		return "(hash.Hash)." + fn.Name()
	}
	return fn.FullName()
}

func (w *watcher) ignored(statement *ast.ExprStmt) {
	call, ok := statement.X.(*ast.CallExpr)
	if ok && w.returnsError(call) && !harmless.MatchString(w.callee(call)) {
		w.report(statement, "errignored", "the error that "+short(call.Fun)+" returns is not looked at", true)
	}
}

func (w *watcher) blank(statement *ast.AssignStmt) {
	if len(statement.Rhs) != 1 {
		return
	}
	call, ok := statement.Rhs[0].(*ast.CallExpr)
	last, isIdent := statement.Lhs[len(statement.Lhs)-1].(*ast.Ident)
	if ok && isIdent && last.Name == "_" && w.returnsError(call) && !harmless.MatchString(w.callee(call)) {
		w.report(statement, "errblank", "the error that "+short(call.Fun)+" returns is thrown away with _", true)
	}
}

var (
	queries   = regexp.MustCompile(`^\(\*?database/sql\.(DB|Tx|Conn)\)\.(Query|QueryRow|Exec|Prepare)(Context)?$`)
	sprintf   = regexp.MustCompile(`^fmt\.Sprint(f|ln)?$`)
	statement = regexp.MustCompile(`(?i)\b(select|insert|update|delete|where|from|values|order by)\b`)
	commands  = regexp.MustCompile(`^os/exec\.Command(Context)?$`)
)

func (w *watcher) calls(call *ast.CallExpr) {
	name := w.callee(call)
	switch {
	case queries.MatchString(name):
		for _, argument := range call.Args {
			if w.isString(argument) {
				w.sql(call, argument)
				return
			}
		}
	case commands.MatchString(name):
		w.shell(call)
	}
}

func (w *watcher) sql(call *ast.CallExpr, query ast.Expr) {
	if text := w.builtText(query); text != nil {
		w.report(text, "sqlconcat", "a value is put into the text of an SQL statement", true)
	}
}

// builtText gives the expression that joins constant and other text: itself or what a variable was set to.
func (w *watcher) builtText(expr ast.Expr) ast.Expr {
	expr = ast.Unparen(expr)
	if w.info.Types[expr].Value != nil {
		return nil
	}
	switch expr := expr.(type) {
	case *ast.BinaryExpr:
		if expr.Op == token.ADD {
			return expr
		}
	case *ast.CallExpr:
		if sprintf.MatchString(w.callee(expr)) && len(expr.Args) > 1 {
			return expr
		}
	case *ast.Ident:
		return w.assigned(expr)
	}
	return nil
}

func (w *watcher) assigned(name *ast.Ident) (built ast.Expr) {
	object := w.info.Uses[name]
	ast.Inspect(w.file, func(node ast.Node) bool {
		assign, ok := node.(*ast.AssignStmt)
		if !ok || built != nil || object == nil || len(assign.Lhs) != len(assign.Rhs) {
			return built == nil
		}
		for i, left := range assign.Lhs {
			ident, ok := left.(*ast.Ident)
			if !ok || (w.info.Defs[ident] != object && w.info.Uses[ident] != object) {
				continue
			}
			if _, again := assign.Rhs[i].(*ast.Ident); !again {
				built = w.builtText(assign.Rhs[i])
			}
			if assign.Tok == token.ADD_ASSIGN && w.info.Types[assign.Rhs[i]].Value == nil {
				built = assign.Rhs[i]
			}
		}
		return true
	})
	return built
}

func (w *watcher) isString(expr ast.Expr) bool {
	basic, ok := types.Default(orInvalid(w.info.TypeOf(expr))).Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

func orInvalid(found types.Type) types.Type {
	if found == nil {
		return types.Typ[types.Invalid]
	}
	return found
}

func (w *watcher) text(expr ast.Expr) (string, bool) {
	value := w.info.Types[expr].Value
	if value == nil || value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(value), true
}

var shells = map[string]bool{"sh": true, "bash": true, "/bin/sh": true, "/bin/bash": true, "zsh": true, "cmd": true}

func (w *watcher) shell(call *ast.CallExpr) {
	for i := 0; i+2 < len(call.Args); i++ {
		shell, ok := w.text(call.Args[i])
		flag, flagged := w.text(call.Args[i+1])
		script := call.Args[i+2]
		if _, fixed := w.text(script); ok && flagged && shells[shell] && strings.HasPrefix(flag, "-c") && !fixed {
			w.report(call, "cmdconcat", "a shell runs a command line that holds a value", true)
		}
	}
}
