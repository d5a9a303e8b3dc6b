package main

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"sort"
	"strconv"
	"strings"
)

// Problem is a diagnostic at a place of a file of the request.
type Problem struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`
	Rule      string `json:"rule"`
	Message   string `json:"message"`
}

// source is one parsed file.
type source struct {
	File
	syntax   *ast.File
	external bool
	isTest   bool
}

// unit is one package folder: its own files with their tests, and its external tests.
type unit struct {
	dir, name, path string
	files, external []*source
	deps            []string
}

// load parses every file and sorts the packages so that each comes after what it imports.
func load(request *Request, fset *token.FileSet) ([]*unit, []Problem) {
	byDir := map[string]*unit{}
	problems := []Problem{}
	for _, file := range request.Files {
		if !strings.HasSuffix(file.Name, ".go") || excluded(file.Text) {
			continue
		}
		syntax, err := parser.ParseFile(fset, file.Name, file.Text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			problems = append(problems, syntaxProblems(err, file.Name)...)
			continue
		}
		place(byDir, request.Module, &source{File: file, syntax: syntax})
	}
	if len(byDir) == 0 && len(problems) == 0 {
		problems = append(problems, Problem{File: request.Files[0].Name, Line: 1, Column: 1, Rule: "syntax",
			Message: "build constraints exclude all Go files"})
	}
	return order(byDir), problems
}

func place(byDir map[string]*unit, module string, file *source) {
	dir := path.Dir(file.Name)
	one := byDir[dir]
	if one == nil {
		one = &unit{dir: dir, path: path.Join(module, dir)}
		byDir[dir] = one
	}
	name := file.syntax.Name.Name
	file.isTest = strings.HasSuffix(file.Name, "_test.go")
	if file.isTest && strings.HasSuffix(name, "_test") {
		file.external = true
		one.external = append(one.external, file)
		return
	}
	one.name = name
	one.files = append(one.files, file)
	for _, spec := range file.syntax.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err == nil {
			one.deps = append(one.deps, imported)
		}
	}
}

func order(byDir map[string]*unit) []*unit {
	byPath := map[string]*unit{}
	paths := []string{}
	for _, one := range byDir {
		byPath[one.path] = one
		paths = append(paths, one.path)
	}
	sort.Strings(paths)
	done := map[string]bool{}
	ordered := []*unit{}
	var visit func(string)
	visit = func(name string) {
		one := byPath[name]
		if one == nil || done[name] {
			return
		}
		done[name] = true
		for _, dep := range one.deps {
			visit(dep)
		}
		ordered = append(ordered, one)
	}
	for _, name := range paths {
		visit(name)
	}
	return ordered
}

func syntaxProblems(err error, name string) []Problem {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return []Problem{{File: name, Line: 1, Column: 1, Rule: "syntax", Message: err.Error()}}
	}
	found := []Problem{}
	for _, one := range list {
		found = append(found, Problem{File: name, Line: one.Pos.Line, Column: one.Pos.Column, Rule: "syntax", Message: one.Msg})
	}
	return found
}

// excluded evaluates a //go:build line, since a direct compile would ignore it.
func excluded(text string) bool {
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") {
			return false
		}
		if expr, err := constraint.Parse(line); constraint.IsGoBuild(line) && err == nil {
			return !expr.Eval(tagHolds)
		}
	}
	return false
}

func tagHolds(tag string) bool {
	switch tag {
	case "linux", "unix", "amd64", "gc":
		return true
	}
	return strings.HasPrefix(tag, "go1.")
}
