// Command reshape gives programs other names and another form, with the same meaning: a check that
// leans on names or on one way to write a loop no longer finds what it found. It runs nothing of them.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Request is one program, with the names that its tests and its prompt rely on.
type Request struct {
	Files map[string]string `json:"files"`
	Keep  []string          `json:"keep"`
	Go    string            `json:"go"`
}

func main() {
	requests := []Request{}
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		log.Fatal(err)
	}
	answers := []map[string]string{}
	for _, request := range requests {
		files, err := reshape(request, os.Args[1])
		if err != nil {
			log.Print(err)
		}
		answers = append(answers, files)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		log.Fatal(err)
	}
}

// reshape gives the files in another form; none where one does not parse.
func reshape(request Request, library string) (map[string]string, error) {
	fset, files := token.NewFileSet(), []*ast.File{}
	names := slices.Sorted(maps.Keys(request.Files))
	for _, name := range names {
		file, err := parser.ParseFile(fset, name, request.Files[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	info := check(fset, files, request.Go, library)
	renamed := &renamer{info: info, keep: kept(request.Keep), chosen: map[string]string{}}
	for _, file := range files {
		renamed.spare(file)
	}
	former := &former{info: info, fset: fset}
	made := map[string]string{}
	for i, file := range files {
		former.form(file)
		renamed.rename(file)
		text, err := written(fset, file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", names[i], err)
		}
		made[names[i]] = text
	}
	return made, nil
}

func kept(words []string) map[string]bool {
	found := map[string]bool{"main": true, "init": true, "_": true}
	for _, word := range words {
		found[word] = true
	}
	return found
}

// check gives what is known of the types; a program with errors keeps what could be told.
func check(fset *token.FileSet, files []*ast.File, version, library string) *types.Info {
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Types: map[ast.Expr]types.TypeAndValue{}}
	open := func(path string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(library, filepath.FromSlash(path)+".a"))
	}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", open), Error: func(error) {}}
	if version != "" {
		config.GoVersion = "go" + version
	}
	_, _ = config.Check("main", fset, files, info) // faulty programs are part of the corpus
	return info
}

// written prints a file without its comments and with its functions the other way round.
func written(fset *token.FileSet, file *ast.File) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\n", file.Name.Name)
	funcs, others := []ast.Decl{}, []ast.Decl{}
	for _, decl := range file.Decls {
		if _, ok := decl.(*ast.FuncDecl); ok {
			funcs = append(funcs, decl)
		} else {
			others = append(others, decl)
		}
	}
	slices.Reverse(funcs)
	for _, decl := range append(others, funcs...) {
		silence(decl)
		if err := format.Node(&b, fset, decl); err != nil {
			return "", err
		}
		b.WriteString("\n\n")
	}
	text, err := format.Source([]byte(b.String()))
	return string(text), err
}

func silence(decl ast.Decl) {
	ast.Inspect(decl, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			node.Doc = nil
		case *ast.GenDecl:
			node.Doc = nil
		case *ast.TypeSpec:
			node.Doc, node.Comment = nil, nil
		case *ast.ValueSpec:
			node.Doc, node.Comment = nil, nil
		case *ast.Field:
			node.Doc, node.Comment = nil, nil
		}
		return true
	})
}
