package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// checked is one package with its types.
type checked struct {
	unit  *unit
	pkg   *types.Package
	info  *types.Info
	files []*ast.File
}

// Hook is a file that is added to a package so that the generated main can call what it holds.
type Hook struct {
	Path    string `json:"path"`
	Name    string `json:"name"`
	Text    string `json:"text"`
	Calls   bool   `json:"calls"`
	Entries bool   `json:"entries"`
	Crowds  bool   `json:"crowds"`
	Deep    bool   `json:"deep"`
}

// Exercise is what can be called without tests: the prompt's examples and the entry points.
type Exercise struct {
	Hooks     []Hook     `json:"hooks"`
	Calls     []Placed   `json:"calls"`
	Entries   []Entry    `json:"entries"`
	Functions []Function `json:"functions"`
	// Deep, Grown and Tried are for the second pass.
	Deep  []Hook  `json:"deep"`
	Grown []Grown `json:"grown"`
	Tried []Tried `json:"tried"`
}

// Function is one declaration as the answer writes it.
type Function struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// fragment is one piece of a generated file, known by its place in it.
type fragment struct {
	kind  string
	index int
	text  string
	// of is the function that a fragment of the second pass calls.
	of string
}

func exercise(request *Request, fset *token.FileSet, all []*checked, imports types.Importer) *Exercise {
	made := &Exercise{Hooks: []Hook{}, Calls: make([]Placed, len(request.Calls)), Entries: []Entry{}, Functions: []Function{},
		Deep: []Hook{}, Grown: []Grown{}, Tried: []Tried{}}
	for i := range made.Calls {
		made.Calls[i].Why = "the answer has no function for it"
	}
	for _, one := range all {
		if len(one.unit.files) == 0 {
			continue
		}
		made.declared(one)
		if len(request.Calls) > 0 || request.Entries {
			made.tryHook(request, fset, one, imports)
		}
		if request.Deep {
			made.deepHook(request, fset, one, imports)
		}
	}
	return made
}

// tryHook leaves a package out whose types are too strange to be called; it is still audited.
func (made *Exercise) tryHook(request *Request, fset *token.FileSet, one *checked, imports types.Importer) {
	defer func() {
		if recover() != nil {
			for i := range made.Calls {
				made.Calls[i] = Placed{Why: "the answer's types can't be taken apart"}
			}
		}
	}()
	made.hook(request, fset, one, imports)
}

func (made *Exercise) declared(one *checked) {
	for _, fn := range one.functions() {
		text := types.TypeString(fn.Type(), types.RelativeTo(one.pkg))
		made.Functions = append(made.Functions, Function{Name: fn.Name(), Text: text})
	}
	scope := one.pkg.Scope()
	for _, name := range scope.Names() {
		if named, ok := scope.Lookup(name).(*types.TypeName); ok {
			made.Functions = append(made.Functions, Function{Name: name, Text: "type"})
			set := types.NewMethodSet(types.NewPointer(named.Type()))
			for i := range set.Len() {
				method := set.At(i).Obj()
				text := types.TypeString(method.Type(), types.RelativeTo(one.pkg))
				made.Functions = append(made.Functions, Function{Name: name + "." + method.Name(), Text: text})
			}
		}
	}
}

// hook generates, and leaves out whatever the type checker refuses.
func (made *Exercise) hook(request *Request, fset *token.FileSet, one *checked, imports types.Importer) {
	caller := newCaller(fset, one, request.Asked)
	fragments := made.examples(fset, caller, request.Calls)
	if request.Entries {
		fragments = append(fragments, made.entries(fset, one, caller.speller, request.Together)...)
	}
	for range 4 {
		if len(fragments) == 0 {
			return
		}
		text := written(one.unit.name, caller.speller, fragments)
		refused, whole := refusals(request, one, imports, text, fragments)
		if len(refused) == 0 && whole {
			made.add(one, text, fragments)
			return
		}
		if len(refused) == 0 {
			refused = fragments
		}
		fragments = made.without(fragments, refused)
	}
}

func (made *Exercise) examples(fset *token.FileSet, c *caller, examples []CallCase) []fragment {
	fragments := []fragment{}
	for i, example := range examples {
		if made.Calls[i].Name != "" {
			continue
		}
		text, err := c.body(example)
		if err != nil {
			made.Calls[i].Why = err.Error()
			continue
		}
		made.Calls[i] = Placed{}
		if c.first != nil {
			at := fset.Position(c.first.Pos())
			made.Calls[i] = Placed{Name: c.first.Name(), File: at.Filename, Line: at.Line,
				Holds: len(example.Steps) > 1 || holds(c.first.Type().(*types.Signature))}
		}
		fragments = append(fragments, fragment{kind: "call", index: i, text: text})
	}
	return fragments
}

// written is the file: a function for each example, one for all entry points, one for those at the same time.
func written(pkg string, s *speller, fragments []fragment) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\n%s\n", pkg, s.importBlock())
	texts := map[string]*strings.Builder{"call": {}, "entry": {}, "edge": {}, "crowd": {}}
	for _, one := range fragments {
		if one.kind == "call" {
			fmt.Fprintf(texts["call"], "\tcase %d:\n", one.index)
		}
		texts[one.kind].WriteString(one.text)
	}
	fmt.Fprintf(&b, "func GavelCall(i int, put func(int, ...interface{})) {\n\tswitch i {\n%s\t}\n}\n\n", texts["call"])
	fmt.Fprintf(&b, "func GavelEntries(try func(int, bool, func()), keep func(...interface{})) {\n%s}\n\n", texts["entry"])
	fmt.Fprintf(&b, "func GavelEdges(try func(int, bool, func()), keep func(...interface{})) {\n%s}\n\n", texts["edge"])
	fmt.Fprintf(&b, "func GavelCrowds(try func(int, bool, func()), keep func(...interface{}), together func(...func())) {\n%s}\n", texts["crowd"])
	return b.String()
}

// refusals checks the package with the generated file, and gives the fragments that hold an error.
func refusals(request *Request, one *checked, imports types.Importer, text string, fragments []fragment) ([]fragment, bool) {
	fset := token.NewFileSet()
	generated, err := parser.ParseFile(fset, hookName(one), text, parser.SkipObjectResolution)
	files := []*ast.File{}
	for _, file := range one.unit.files {
		again, err := parser.ParseFile(fset, file.Name, file.Text, parser.SkipObjectResolution)
		if err != nil {
			return nil, false
		}
		files = append(files, again)
	}
	if err != nil {
		return unreadable(fragments), false
	}
	lines := map[int]bool{}
	failed := 0
	config := &types.Config{Importer: imports, GoVersion: "go" + request.Go, Error: func(err error) {
		problem, ok := err.(types.Error)
		if failed++; ok && fset.Position(problem.Pos).Filename == hookName(one) {
			lines[fset.Position(problem.Pos).Line] = true
		}
	}}
	config.Check(one.unit.path, fset, append(files, generated), nil)
	return onLines(text, fragments, lines), failed == 0
}

func unreadable(fragments []fragment) []fragment {
	bad := []fragment{}
	for _, one := range fragments {
		source := "package p\nfunc _() {\n" + one.text + "}\n"
		if _, err := parser.ParseFile(token.NewFileSet(), "", source, 0); err != nil {
			bad = append(bad, one)
		}
	}
	return bad
}

func onLines(text string, fragments []fragment, lines map[int]bool) []fragment {
	bad := []fragment{}
	for _, one := range fragments {
		start := strings.Index(text, one.text)
		first := strings.Count(text[:max(0, start)], "\n") + 1
		for line := first; line < first+strings.Count(one.text, "\n"); line++ {
			if lines[line] {
				bad = append(bad, one)
				break
			}
		}
	}
	return bad
}

func (made *Exercise) without(fragments, refused []fragment) []fragment {
	kept := []fragment{}
	for _, one := range fragments {
		drop := false
		for _, bad := range refused {
			drop = drop || bad == one
		}
		switch {
		case !drop:
			kept = append(kept, one)
		case one.kind == "call":
			made.Calls[one.index] = Placed{Why: "its values do not fit the function's types"}
		}
	}
	return kept
}

func (made *Exercise) add(one *checked, text string, fragments []fragment) {
	hook := Hook{Path: one.unit.path, Name: hookName(one), Text: text}
	for _, part := range fragments {
		hook.Calls = hook.Calls || part.kind == "call"
		hook.Entries = hook.Entries || part.kind == "entry"
		hook.Crowds = hook.Crowds || part.kind == "crowd"
	}
	made.Hooks = append(made.Hooks, hook)
}

func hookName(one *checked) string { return path.Join(one.unit.dir, "zz_gavel_calls.go") }

// functions lists what the answer declares at package level, but for main and init, in the order of the text.
func (one *checked) functions() []*types.Func {
	found := []*types.Func{}
	for _, file := range one.unit.files {
		for _, decl := range file.syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || file.isTest || fn.Name.Name == "main" || fn.Name.Name == "init" || fn.Name.Name == "_" {
				continue
			}
			if object, ok := one.info.Defs[fn.Name].(*types.Func); ok {
				found = append(found, object)
			}
		}
	}
	return found
}
