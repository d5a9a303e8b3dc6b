package main

import (
	"go/token"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/unused"
)

// unusedAnalyzer makes diagnostics of what unused gives as a result. A package main without a main is
// a fragment whose callers are elsewhere, so nothing is said about it.
var unusedAnalyzer = &analysis.Analyzer{
	Name:     "unused",
	Doc:      "code that nothing uses",
	Run:      runUnused,
	Requires: []*analysis.Analyzer{unused.Analyzer.Analyzer},
}

func runUnused(pass *analysis.Pass) (any, error) {
	if pass.Pkg.Name() == "main" && pass.Pkg.Scope().Lookup("main") == nil {
		return nil, nil
	}
	for _, one := range pass.ResultOf[unused.Analyzer.Analyzer].(unused.Result).Unused {
		if at := positionOf(pass, one.Position); at.IsValid() {
			pass.Report(analysis.Diagnostic{Pos: at, End: at + token.Pos(len(one.Name)), Category: "U1000",
				Message: one.Kind + " " + one.Name + " is unused"})
		}
	}
	return nil, nil
}

// positionOf leads back from a position that was already told to its place in the file.
func positionOf(pass *analysis.Pass, told token.Position) token.Pos {
	for _, file := range pass.Files {
		tokens := pass.Fset.File(file.FileStart)
		if tokens.Name() != told.Filename || told.Line < 1 || told.Line > tokens.LineCount() {
			continue
		}
		start := tokens.LineStart(told.Line)
		room := tokens.Size() - tokens.Offset(start)
		return start + token.Pos(max(0, min(told.Column-1, room)))
	}
	return token.NoPos
}
