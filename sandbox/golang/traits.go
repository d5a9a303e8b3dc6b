package main

import (
	"go/ast"
	"go/token"
	"strings"
)

// pragmas that reach the compiler or linker from a comment.
var pragmas = []string{"//go:linkname", "//go:embed", "//go:cgo_", "//go:wasmimport", "//go:wasmexport"}

func refusedImport(fset *token.FileSet, spec *ast.ImportSpec, imported string) []Problem {
	at := fset.Position(spec.Pos())
	refuse := func(rule, message string) []Problem {
		return []Problem{{File: at.Filename, Line: at.Line, Column: at.Column, Rule: rule, Message: message}}
	}
	switch {
	case imported == "C":
		return refuse("cgo", "cgo is not built here")
	case imported == "0rec" || strings.HasPrefix(imported, "0rec/") || strings.HasPrefix(imported, "internal/") || strings.Contains(imported, "/internal/testdeps"):
		return refuse("internal_import", "use of internal package "+imported+" not allowed")
	}
	return nil
}

func refusedPragmas(fset *token.FileSet, file *ast.File) []Problem {
	found := []Problem{}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			for _, pragma := range pragmas {
				if strings.HasPrefix(comment.Text, pragma) {
					at := fset.Position(comment.Pos())
					found = append(found, Problem{File: at.Filename, Line: at.Line, Column: at.Column,
						Rule: "pragma", Message: pragma + " is not built here"})
				}
			}
		}
	}
	return found
}

var (
	concurrentNames = map[string]bool{"AfterFunc": true, "Parallel": true, "RunParallel": true, "NewServer": true,
		"ListenAndServe": true, "Serve": true, "Go": true, "Notify": true}
	servingNames = map[string]bool{"ListenAndServe": true, "ListenAndServeTLS": true, "Serve": true, "Accept": true, "NotifyContext": true}
	inputNames   = map[string]bool{"os.Args": true, "os.Stdin": true, "flag.Parse": true, "flag.Args": true, "flag.Arg": true, "fmt.Scan": true,
		"fmt.Scanln": true, "fmt.Scanf": true, "os.Getenv": true, "os.LookupEnv": true}
	stdinNames = map[string]bool{"os.Stdin": true, "fmt.Scan": true, "fmt.Scanln": true, "fmt.Scanf": true}
)

// traits notes what decides which runs make sense.
func (report *Inspection) traits(file *source) {
	ast.Inspect(file.syntax, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.GoStmt:
			report.Concurrent = true
		case *ast.SelectorExpr:
			name := node.Sel.Name
			report.Concurrent = report.Concurrent || concurrentNames[name]
			if root, ok := node.X.(*ast.Ident); ok && !file.isTest {
				report.ReadsInput = report.ReadsInput || inputNames[root.Name+"."+name]
				report.ReadsStdin = report.ReadsStdin || stdinNames[root.Name+"."+name]
			}
			report.Serves = report.Serves || (servingNames[name] && !file.isTest)
		}
		return true
	})
}
