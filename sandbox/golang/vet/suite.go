package main

import (
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/atomicalign"
	"golang.org/x/tools/go/analysis/passes/deepequalerrors"
	"golang.org/x/tools/go/analysis/passes/httpmux"
	"golang.org/x/tools/go/analysis/passes/modernize"
	"golang.org/x/tools/go/analysis/passes/nilness"
	"golang.org/x/tools/go/analysis/passes/reflectvaluecompare"
	"golang.org/x/tools/go/analysis/passes/sortslice"
	"golang.org/x/tools/go/analysis/passes/unusedwrite"
	"golang.org/x/tools/go/analysis/suite/vet"
	"honnef.co/go/tools/analysis/facts/generated"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"

	"gavel.invalid/gavelvet/own"
)

// family is a group of analyzers that stand or fall together, under the name that findings carry.
type family struct {
	name      string
	analyzers []*analysis.Analyzer
}

// families gives everything that is run. What no rule acts upon is left out: it would cost time.
func families() []family {
	neutral()
	extra := []*analysis.Analyzer{atomicalign.Analyzer, deepequalerrors.Analyzer, httpmux.Analyzer, nilness.Analyzer,
		reflectvaluecompare.Analyzer, sortslice.Analyzer, unusedwrite.Analyzer}
	return []family{
		{"vet", append(append([]*analysis.Analyzer{}, vet.Suite...), extra...)},
		{"staticcheck", plain(staticcheck.Analyzers)},
		{"simple", plain(simple.Analyzers)},
		{"stylecheck", plain(stylecheck.Analyzers)},
		{"unused", []*analysis.Analyzer{unusedAnalyzer}},
		{"modernize", modernize.Suite},
		{"gosec", []*analysis.Analyzer{gosecAnalyzer}},
		{"gavel", ours()},
	}
}

func ours() []*analysis.Analyzer {
	found := []*analysis.Analyzer{}
	for _, one := range own.Checks() {
		found = append(found, one.Analyzer)
	}
	return found
}

func plain(wrapped []*lint.Analyzer) []*analysis.Analyzer {
	found := []*analysis.Analyzer{}
	for _, one := range wrapped {
		found = append(found, one.Analyzer)
	}
	return found
}

// neutral keeps a comment that claims "Code generated" from silencing anything: the author wrote it.
func neutral() {
	generated.Analyzer.Run = func(*analysis.Pass) (any, error) { return map[string]generated.Generator{}, nil }
}
