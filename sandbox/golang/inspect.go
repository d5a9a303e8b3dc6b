package main

import (
	"bytes"
	"go/ast"
	"go/doc"
	"go/format"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Test is one function that go test would run.
type Test struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Kind     string `json:"kind"`
	External bool   `json:"external"`
	Task     bool   `json:"task"`
	Output   string `json:"output"`
	Order    bool   `json:"unordered"`
}

// Inspection is what reading alone can tell.
type Inspection struct {
	Syntax     []Problem `json:"syntax"`
	Gofmt      []Problem `json:"gofmt"`
	Types      []Problem `json:"types"`
	Refused    []Problem `json:"refused"`
	Tests      []Test    `json:"tests"`
	Benchmarks []Test    `json:"benchmarks"`
	Fuzzes     []Test    `json:"fuzzes"`
	Main       string    `json:"main"`
	Mains      int       `json:"mains"`
	Package    string    `json:"package"`
	Concurrent bool      `json:"concurrent"`
	ReadsInput bool      `json:"reads_input"`
	ReadsStdin bool      `json:"reads_stdin"`
	Serves     bool      `json:"serves"`
	TestMain   bool      `json:"test_main"`
	Imports    []string  `json:"imports"`
	Exercise   *Exercise `json:"exercise"`
}

func inspect(request *Request) (any, []Attachment, error) {
	fset := token.NewFileSet()
	units, syntax := load(request, fset)
	report := &Inspection{Syntax: syntax, Gofmt: unformatted(request.Files), Types: []Problem{}, Refused: []Problem{}, Tests: []Test{}, Benchmarks: []Test{}, Fuzzes: []Test{}, Imports: []string{}}
	known := map[string]bool{}
	for _, one := range units {
		known[one.path] = true
	}
	for _, one := range units {
		for _, file := range append(append([]*source{}, one.files...), one.external...) {
			report.read(fset, one, file)
		}
	}
	if len(syntax) == 0 {
		typed(request, fset, units, report)
	}
	return report, nil, nil
}

func (report *Inspection) read(fset *token.FileSet, one *unit, file *source) {
	if !file.isTest {
		report.Package = one.name
	}
	for _, spec := range file.syntax.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		report.Imports = append(report.Imports, imported)
		report.Refused = append(report.Refused, refusedImport(fset, spec, imported)...)
	}
	report.Refused = append(report.Refused, refusedPragmas(fset, file.syntax)...)
	report.traits(file)
	for _, decl := range file.syntax.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil {
			continue
		}
		if fn.Name.Name == "main" && one.name == "main" && !file.external {
			report.Main = one.path
			report.Mains++
		}
		if file.isTest {
			report.test(fset, one, file, fn)
		}
	}
	if file.isTest {
		report.examples(fset, one, file)
	}
}

func (report *Inspection) test(fset *token.FileSet, one *unit, file *source, fn *ast.FuncDecl) {
	name := fn.Name.Name
	if name == "TestMain" {
		report.TestMain = true
		return
	}
	found := Test{File: file.Name, Line: fset.Position(fn.Pos()).Line, Name: name,
		Path: one.path, Kind: "test", External: file.external, Task: file.Test}
	switch {
	case isTestName(name, "Test") && takesOne(fn, "T"):
		report.Tests = append(report.Tests, found)
	case isTestName(name, "Benchmark") && takesOne(fn, "B"):
		found.Kind = "benchmark"
		report.Benchmarks = append(report.Benchmarks, found)
	case isTestName(name, "Fuzz") && takesOne(fn, "F"):
		found.Kind = "fuzz"
		report.Fuzzes = append(report.Fuzzes, found)
	}
}

func (report *Inspection) examples(fset *token.FileSet, one *unit, file *source) {
	for _, example := range doc.Examples(file.syntax) {
		if example.Output == "" && !example.EmptyOutput {
			continue
		}
		report.Tests = append(report.Tests, Test{File: file.Name, Line: fset.Position(example.Code.Pos()).Line,
			Name: "Example" + example.Name, Path: one.path, Kind: "example", External: file.external,
			Task: file.Test, Output: example.Output, Order: example.Unordered})
	}
}

func isTestName(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	first, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || !unicode.IsLower(first))
}

func takesOne(fn *ast.FuncDecl, letter string) bool {
	params := fn.Type.Params.List
	if len(params) != 1 || len(params[0].Names) > 1 || fn.Type.TypeParams != nil {
		return false
	}
	star, ok := params[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	selector, ok := star.X.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == letter
}

// unformatted compares with gofmt, without what normalisation put in front of a file.
func unformatted(files []File) []Problem {
	found := []Problem{}
	for _, file := range files {
		if !strings.HasSuffix(file.Name, ".go") || file.Test {
			continue
		}
		given := bytes.TrimRight([]byte(file.Text[min(file.Skip, len(file.Text)):]), " \t\n")
		wanted, err := format.Source(given)
		if err != nil {
			continue
		}
		if line, lines := firstDifference(given, bytes.TrimRight(wanted, " \t\n")); line > 0 {
			found = append(found, Problem{File: file.Name, Line: line, Column: 1, Rule: "gofmt",
				Message: "gofmt would change " + strconv.Itoa(lines) + " line(s), this one first"})
		}
	}
	return found
}

func firstDifference(given, wanted []byte) (first, count int) {
	left, right := bytes.Split(given, []byte("\n")), bytes.Split(wanted, []byte("\n"))
	for len(left) > 0 && len(bytes.TrimSpace(left[0])) == 0 && len(right[0]) > 0 {
		left, first = left[1:], first+1
	}
	offset := first
	first = 0
	for i, line := range left {
		if i < len(right) && bytes.Equal(line, right[i]) {
			continue
		}
		if first == 0 {
			first = i + 1 + offset
		}
		count++
	}
	return first, count
}
