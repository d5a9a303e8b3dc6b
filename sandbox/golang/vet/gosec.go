package main

import (
	"bytes"
	"fmt"
	"go/token"
	"log"
	"slices"
	"strconv"
	"strings"

	"github.com/securego/gosec/v2"
	"github.com/securego/gosec/v2/analyzers"
	"github.com/securego/gosec/v2/issue"
	"github.com/securego/gosec/v2/rules"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/packages"
)

// gosecAnalyzer runs gosec on what is loaded already. Unlike gosec's own wrapper it listens to no
// #nosec comment, and fails where gosec looked at fewer files than it was given or a check of it gave up.
var gosecAnalyzer = &analysis.Analyzer{
	Name:     "gosec",
	Doc:      "security patterns and taint",
	Run:      runGosec,
	Requires: []*analysis.Analyzer{buildssa.Analyzer},
}

const gaveUp = "Error running analyzer"

func runGosec(pass *analysis.Pass) (any, error) {
	said := &bytes.Buffer{}
	config := gosec.NewConfig()
	config.SetGlobal(gosec.Nosec, "true")
	checker := gosec.NewAnalyzer(config, true, false, false, 1, log.New(said, "", 0))
	checker.LoadRules(rules.Generate(false).RulesInfo())
	checker.LoadAnalyzers(analyzers.Generate(false).AnalyzersInfo())
	loaded := asLoaded(pass)
	checker.CheckRules(loaded)
	checker.CheckAnalyzersWithSSA(loaded, pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA))
	issues, metrics, errs := checker.Report()
	for _, one := range issues {
		reportIssue(pass, one)
	}
	if metrics.NumFiles < len(pass.Files) {
		return nil, fmt.Errorf("it looked at %d of %d files: %v", metrics.NumFiles, len(pass.Files), errs)
	}
	if _, after, found := strings.Cut(said.String(), gaveUp); found {
		return nil, fmt.Errorf("a check gave up: %s", strings.SplitN(after, "\n", 2)[0])
	}
	return nil, nil
}

func asLoaded(pass *analysis.Pass) *packages.Package {
	loaded := &packages.Package{Name: pass.Pkg.Name(), PkgPath: pass.Pkg.Path(), Fset: pass.Fset, Syntax: pass.Files,
		Types: pass.Pkg, TypesInfo: pass.TypesInfo, TypesSizes: pass.TypesSizes}
	for _, file := range pass.Files {
		loaded.CompiledGoFiles = append(loaded.CompiledGoFiles, pass.Fset.File(file.FileStart).Name())
	}
	return loaded
}

func reportIssue(pass *analysis.Pass, one *issue.Issue) {
	line, _ := strconv.Atoi(strings.Split(one.Line, "-")[0])
	column, _ := strconv.Atoi(one.Col)
	at := positionOf(pass, token.Position{Filename: one.File, Line: line, Column: max(1, column)})
	if !at.IsValid() {
		return
	}
	number := ""
	if one.Cwe != nil {
		number = one.Cwe.ID
	}
	pass.Report(analysis.Diagnostic{Pos: at, Category: one.RuleID + " " + number, Message: one.What})
}

func gosecRules() []string {
	names := []string{}
	for id := range rules.Generate(false).Rules {
		names = append(names, id)
	}
	for id := range analyzers.Generate(false).Analyzers {
		names = append(names, id)
	}
	slices.Sort(names)
	return names
}
