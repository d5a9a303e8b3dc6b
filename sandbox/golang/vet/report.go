package main

import (
	"go/token"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"gavel.invalid/gavelvet/own"
)

// nilCondition is a rule of ours: what nilness says about conditions hurts less than a nil that is used.
const nilCondition = "nilcond"

// most is what one rule may say; a text that breaks one rule at every line hides no other.
const most = 200

// Edit replaces the bytes from Start to End of a file.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Problem is one diagnostic; the tool is the family that found it. What is only indicated has a lower grade
// than its rule.
type Problem struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`
	Tool      string `json:"tool"`
	Rule      string `json:"rule"`
	Message   string `json:"message"`
	CWE       int    `json:"cwe,omitempty"`
	Indicated bool   `json:"indicated,omitempty"`
	Fix       []Edit `json:"fix,omitempty"`
}

// Failure is an analyzer that gave up, so that its silence means nothing.
type Failure struct {
	Tool string `json:"tool"`
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

// Report is what was found, and what could not be looked at.
type Report struct {
	Problems []Problem `json:"problems"`
	Failures []Failure `json:"failures"`
}

func analyse(request *Request) (*Report, error) {
	registered()
	report := &Report{Problems: []Problem{}, Failures: []Failure{}}
	groups, known, l := families(), newStore(request.Facts), newLoader(request.Library)
	every := []*analysis.Analyzer{}
	for _, group := range groups {
		every = append(every, group.analyzers...)
	}
	for _, unit := range request.Units {
		one, err := l.check(unit.Path, request.Dir, unit.Files, "go"+request.Go)
		if err != nil && unit.External {
			// The task's tests may want what the answer lacks; that says nothing about the rest.
			report.Failures = append(report.Failures, Failure{Tool: "tests", Rule: unit.Path, Why: err.Error()})
			continue
		}
		if err != nil {
			return nil, err
		}
		l.own[unit.Path] = one.pkg
		r := newRun(l, one, known, request.Go)
		r.all(every)
		for _, group := range groups {
			report.add(request.Dir, group, r)
		}
	}
	sort.SliceStable(report.Problems, func(i, j int) bool { return before(report.Problems[i], report.Problems[j]) })
	report.cut()
	return report, nil
}

func (report *Report) cut() {
	said := map[string]int{}
	report.Problems = slices.DeleteFunc(report.Problems, func(one Problem) bool {
		said[one.Rule]++
		return said[one.Rule] > most
	})
}

func before(a, b Problem) bool {
	switch {
	case a.File != b.File:
		return a.File < b.File
	case a.Line != b.Line:
		return a.Line < b.Line
	case a.Column != b.Column:
		return a.Column < b.Column
	}
	return a.Rule < b.Rule
}

func (report *Report) add(dir string, group family, r *run) {
	for _, one := range group.analyzers {
		act := r.actions[one]
		if act.err != nil {
			report.Failures = append(report.Failures, Failure{Tool: group.name, Rule: one.Name, Why: act.err.Error()})
		}
		for _, found := range act.found {
			report.Problems = append(report.Problems, problem(r.loader.fset, dir, group.name, one, found))
		}
	}
}

func problem(fset *token.FileSet, dir, tool string, one *analysis.Analyzer, found analysis.Diagnostic) Problem {
	at := fset.PositionFor(found.Pos, false)
	said := Problem{File: relative(dir, at.Filename), Line: at.Line, Column: at.Column, Tool: tool, Rule: one.Name, Message: found.Message}
	if end := fset.PositionFor(found.End, false); found.End.IsValid() && end.Filename == at.Filename {
		said.EndLine, said.EndColumn = end.Line, end.Column
	}
	if one.Name == "nilness" && found.Category == "cond" {
		said.Rule = nilCondition
	}
	if tool == "gosec" || tool == "unused" {
		rule, number, _ := strings.Cut(found.Category, " ")
		said.Rule = rule
		said.CWE, _ = strconv.Atoi(number)
	}
	if tool == "gavel" {
		said.Rule, said.Indicated = own.Rule(found.Category)
	}
	if len(found.SuggestedFixes) > 0 {
		said.Fix = edits(fset, dir, found.SuggestedFixes[0])
	}
	return said
}

func edits(fset *token.FileSet, dir string, fix analysis.SuggestedFix) []Edit {
	found := []Edit{}
	for _, one := range fix.TextEdits {
		start := fset.PositionFor(one.Pos, false)
		end := start
		if one.End.IsValid() {
			end = fset.PositionFor(one.End, false)
		}
		found = append(found, Edit{File: relative(dir, start.Filename), Start: start.Offset, End: end.Offset, Text: string(one.NewText)})
	}
	return found
}

func relative(dir, name string) string {
	if short, err := filepath.Rel(dir, name); err == nil {
		return filepath.ToSlash(short)
	}
	return name
}

// ruleNames lists what each family may say; gosec's rules are its own.
func ruleNames() map[string][]string {
	names := map[string][]string{}
	for _, group := range families() {
		for _, one := range group.analyzers {
			switch group.name {
			case "gosec":
				names[group.name] = append(names[group.name], gosecRules()...)
			case "gavel":
				// Several rules may be one analyzer's; they are listed below.
			case "unused":
				names[group.name] = append(names[group.name], "U1000")
			default:
				names[group.name] = append(names[group.name], one.Name)
			}
		}
	}
	for _, one := range own.Checks() {
		names["gavel"] = append(names["gavel"], one.Rules...)
	}
	names["vet"] = append(names["vet"], nilCondition)
	return names
}
