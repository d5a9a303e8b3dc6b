package main

import (
	"cmp"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// listed is one package as `go list -json` tells it.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Standard   bool
}

// learn reads a list of packages, each after what it imports, and writes down the facts about each.
func learn(in io.Reader, library, folder string) error {
	analyzers := registered()
	known := newStore(folder)
	l := newLoader(library)
	for decoder := json.NewDecoder(in); ; {
		one := &listed{}
		if err := decoder.Decode(one); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if one.ImportPath == "unsafe" || len(one.GoFiles) == 0 {
			continue
		}
		if err := learnPackage(l, known, one, analyzers); err != nil {
			return fmt.Errorf("%s: %w", one.ImportPath, err)
		}
	}
}

func learnPackage(l *loader, known *store, one *listed, analyzers []*analysis.Analyzer) error {
	pkg, err := l.check(one.ImportPath, one.Dir, one.GoFiles, "")
	if err != nil {
		return err
	}
	r := newRun(l, pkg, known, "")
	r.all(analyzers)
	for analyzer, act := range r.actions {
		if act.err != nil {
			return fmt.Errorf("%s: %w", analyzer.Name, act.err)
		}
	}
	rows := known.rows(pkg.pkg)
	clear(known.facts)
	slices.SortFunc(rows, func(a, b saved) int {
		return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(reflect.TypeOf(a.Fact).String(), reflect.TypeOf(b.Fact).String()))
	})
	if len(rows) == 0 {
		return nil
	}
	return write(factFile(known.folder, one.ImportPath), rows)
}

func write(name string, rows []saved) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(gob.NewEncoder(file).Encode(rows), file.Close())
}

// registered gives the analyzers that deal in facts, with the kinds of their facts made known to gob.
func registered() []*analysis.Analyzer {
	found, seen := []*analysis.Analyzer{}, map[*analysis.Analyzer]bool{}
	var visit func(*analysis.Analyzer)
	visit = func(one *analysis.Analyzer) {
		if seen[one] {
			return
		}
		seen[one] = true
		for _, needed := range one.Requires {
			visit(needed)
		}
		for _, fact := range one.FactTypes {
			gob.Register(fact)
		}
		if len(one.FactTypes) > 0 {
			found = append(found, one)
		}
	}
	for _, group := range families() {
		for _, one := range group.analyzers {
			visit(one)
		}
	}
	return found
}
