package main

import (
	"fmt"
	"go/types"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// action is one analyzer on one package.
type action struct {
	once   sync.Once
	result any
	err    error
	found  []analysis.Diagnostic
}

// run is the analysis of one package: analyzers start once those they require have ended.
type run struct {
	loader  *loader
	one     *checked
	store   *store
	module  *analysis.Module
	actions map[*analysis.Analyzer]*action
}

func newRun(l *loader, one *checked, known *store, language string) *run {
	return &run{loader: l, one: one, store: known, actions: map[*analysis.Analyzer]*action{},
		module: &analysis.Module{Path: one.pkg.Path(), GoVersion: strings.TrimPrefix(language, "go")}}
}

// all runs the analyzers side by side.
func (r *run) all(analyzers []*analysis.Analyzer) {
	for _, one := range analyzers {
		r.plan(one)
	}
	r.execAll(analyzers)
}

func (r *run) plan(one *analysis.Analyzer) {
	if r.actions[one] == nil {
		r.actions[one] = &action{}
		for _, needed := range one.Requires {
			r.plan(needed)
		}
	}
}

func (r *run) execAll(analyzers []*analysis.Analyzer) {
	var group sync.WaitGroup
	for _, one := range analyzers {
		group.Go(func() { r.exec(one) })
	}
	group.Wait()
}

func (r *run) exec(one *analysis.Analyzer) *action {
	act := r.actions[one]
	act.once.Do(func() {
		r.execAll(one.Requires)
		inputs := map[*analysis.Analyzer]any{}
		for _, needed := range one.Requires {
			if done := r.actions[needed]; done.err != nil {
				act.err = fmt.Errorf("%s: %w", needed.Name, done.err)
				return
			} else {
				inputs[needed] = done.result
			}
		}
		act.run(r.pass(one, act, inputs))
	})
	return act
}

// run keeps the panic of one analyzer from taking the others with it.
func (act *action) run(pass *analysis.Pass) {
	defer func() {
		if caught := recover(); caught != nil {
			act.err = fmt.Errorf("panic: %v\n%s", caught, debug.Stack())
		}
	}()
	act.result, act.err = pass.Analyzer.Run(pass)
}

func (r *run) pass(one *analysis.Analyzer, act *action, inputs map[*analysis.Analyzer]any) *analysis.Pass {
	return &analysis.Pass{
		Analyzer: one, Fset: r.loader.fset, Files: r.one.files, Pkg: r.one.pkg, TypesInfo: r.one.info,
		TypesSizes: r.loader.sizes, ResultOf: inputs, Module: r.module, ReadFile: os.ReadFile,
		Report:            func(found analysis.Diagnostic) { act.found = append(act.found, found) },
		ImportObjectFact:  r.store.object,
		ExportObjectFact:  func(obj types.Object, fact analysis.Fact) { r.store.keep(obj, nil, fact) },
		ImportPackageFact: r.store.ofPackage,
		ExportPackageFact: func(fact analysis.Fact) { r.store.keep(nil, r.one.pkg, fact) },
		AllObjectFacts:    func() []analysis.ObjectFact { return r.store.objects(one, r.one) },
		AllPackageFacts:   func() []analysis.PackageFact { return r.store.packages(one, r.one) },
	}
}
