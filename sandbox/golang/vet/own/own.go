// Package own holds the analyzers that are ours: defects on which the suites of others are blind.
package own

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"sort"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Check is one analyzer with the rules that its findings may carry.
type Check struct {
	Analyzer *analysis.Analyzer
	Rules    []string
}

// Checks gives every check that is run.
func Checks() []Check {
	return []Check{
		{errIgnored, []string{"errignored", "errblank"}},
		{errSwallowed, []string{"errempty", "errnil", "errgoeson"}},
		{errLost, []string{"errlost", "errshadow"}},
		{errClose, []string{"errclose", "unflushed"}},
		{goroutines, []string{"goendless", "gounbounded", "wgwait", "wgdone"}},
		{channels, []string{"chanrange", "channoreceive", "chandeadlock", "chanclosed", "chanloopclose", "goblocked"}},
		{resources, []string{"noclose"}},
		{deferLoop, []string{"deferloop"}},
		{locks, []string{"lockkept", "locktwice", "lockupgrade", "lockorder"}},
		{readAll, []string{"readall"}},
		{contexts, []string{"ctxlost", "ctxsleep", "ctxstored"}},
		{aliases, []string{"lockescape", "appendshared"}},
		{libExit, []string{"libexit"}},
		{weakChecks, []string{"timingcompare", "fastpassword", "anyorigin", "errtold"}},
		{unverified, []string{"unverified"}},
		{taint, taintRules},
		{secret, []string{"secret"}},
		{fixedKey, []string{"fixedkey"}},
		{stringConcatLoop, []string{"stringconcatloop"}},
	}
}

// indicated follows a rule's name in a finding that the types do not prove.
const indicated = " indicated"

// Rule tells which rule a finding carries, and whether it is no more than indicated.
func Rule(category string) (string, bool) { return strings.CutSuffix(category, indicated) }

// proven reports what the types prove.
func proven(pass *analysis.Pass, at analysis.Range, rule, format string, args ...any) {
	pass.Report(analysis.Diagnostic{Pos: at.Pos(), End: at.End(), Category: rule, Message: fmt.Sprintf(format, args...)})
}

// likely reports what a pattern indicates.
func likely(pass *analysis.Pass, at analysis.Range, rule, format string, args ...any) {
	proven(pass, at, rule+indicated, format, args...)
}

// point is a finding's place where only the start is known.
type point token.Pos

// Pos is the start.
func (p point) Pos() token.Pos { return token.Pos(p) }

// End is unknown.
func (p point) End() token.Pos { return token.NoPos }

// sources gives the files that are no tests.
func sources(pass *analysis.Pass) []*ast.File {
	found := []*ast.File{}
	for _, file := range pass.Files {
		if !inTest(pass, file.FileStart) {
			found = append(found, file)
		}
	}
	return found
}

func inTest(pass *analysis.Pass, at token.Pos) bool {
	file := pass.Fset.File(at)
	return file == nil || strings.HasSuffix(file.Name(), "_test.go")
}

// walk visits the nodes of all files that are no tests, each with those around it, the outermost first.
func walk(pass *analysis.Pass, visit func(node ast.Node, around []ast.Node)) {
	for _, file := range sources(pass) {
		around := []ast.Node{}
		ast.Inspect(file, func(node ast.Node) bool {
			if node == nil {
				around = around[:len(around)-1]
				return true
			}
			visit(node, around)
			around = append(around, node)
			return true
		})
	}
}

// functions visits the functions and methods with a body, those of tests left out.
func functions(pass *analysis.Pass, visit func(fn *ast.FuncDecl)) {
	for _, file := range sources(pass) {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				visit(fn)
			}
		}
	}
}

// directives speak to a tool and explain nothing.
var directives = regexp.MustCompile(`^//\s*(nolint|lint:|#nosec|want\b)`)

// explained tells whether a comment stands on a line or on the one above it.
func explained(pass *analysis.Pass, around []ast.Node, at token.Pos) bool {
	comments, lines := around[0].(*ast.File).Comments, pass.Fset.File(at)
	line := lines.Line(at)
	from := lines.LineStart(max(1, line-1))
	first := sort.Search(len(comments), func(i int) bool { return comments[i].End() >= from })
	for _, group := range comments[first:] {
		last := lines.Line(group.End())
		if last > line {
			return false
		}
		if !directives.MatchString(group.List[0].Text) {
			return true
		}
	}
	return false
}
