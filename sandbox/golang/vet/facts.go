package main

import (
	"encoding/gob"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// saved is what is known about one object of a package of the library, or about the package itself.
type saved struct {
	Object objectpath.Path
	Fact   analysis.Fact
}

type factKey struct {
	object any // a types.Object or a *types.Package
	kind   reflect.Type
}

type savedKey struct {
	object objectpath.Path
	kind   reflect.Type
}

// store keeps facts about the snippet's own objects, and reads those about the library when it is asked
// about an object of it. Nothing is read about packages whose objects the snippet doesn't use.
type store struct {
	mu      sync.Mutex
	folder  string
	facts   map[factKey]analysis.Fact
	library map[string]map[savedKey]analysis.Fact
	paths   objectpath.Encoder
}

func newStore(folder string) *store {
	return &store{folder: folder, facts: map[factKey]analysis.Fact{}, library: map[string]map[savedKey]analysis.Fact{}}
}

func factFile(folder, path string) string { return filepath.Join(folder, path+".facts") }

func (s *store) keep(obj types.Object, pkg *types.Package, fact analysis.Fact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := factKey{object: obj, kind: reflect.TypeOf(fact)}
	if pkg != nil {
		key.object = pkg
	}
	s.facts[key] = fact
}

func (s *store) object(obj types.Object, into analysis.Fact) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fill(into, s.find(obj, reflect.TypeOf(into)))
}

func (s *store) ofPackage(pkg *types.Package, into analysis.Fact) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fill(into, s.findPackage(pkg, reflect.TypeOf(into)))
}

func fill(into, found analysis.Fact) bool {
	if found == nil {
		return false
	}
	reflect.ValueOf(into).Elem().Set(reflect.ValueOf(found).Elem())
	return true
}

func (s *store) find(obj types.Object, kind reflect.Type) analysis.Fact {
	if fact := s.facts[factKey{obj, kind}]; fact != nil || obj == nil || obj.Pkg() == nil {
		return fact
	}
	known := s.about(obj.Pkg().Path())
	if len(known) == 0 {
		return nil
	}
	path, err := s.paths.For(obj)
	if err != nil {
		return nil
	}
	return known[savedKey{path, kind}]
}

func (s *store) findPackage(pkg *types.Package, kind reflect.Type) analysis.Fact {
	if fact := s.facts[factKey{pkg, kind}]; fact != nil {
		return fact
	}
	return s.about(pkg.Path())[savedKey{"", kind}]
}

// about reads what was learnt about a package of the library.
func (s *store) about(path string) map[savedKey]analysis.Fact {
	if known, seen := s.library[path]; seen {
		return known
	}
	s.library[path] = nil
	file, err := os.Open(factFile(s.folder, path))
	if err != nil {
		return nil
	}
	defer file.Close()
	rows := []saved{}
	if gob.NewDecoder(file).Decode(&rows) != nil {
		return nil
	}
	known := map[savedKey]analysis.Fact{}
	for _, row := range rows {
		known[savedKey{row.Object, reflect.TypeOf(row.Fact)}] = row.Fact
	}
	s.library[path] = known
	return known
}

// objects gives the facts of an analyzer's kinds about everything that the package uses or declares.
func (s *store) objects(analyzer *analysis.Analyzer, one *checked) []analysis.ObjectFact {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []analysis.ObjectFact{}
	for _, fact := range analyzer.FactTypes {
		kind := reflect.TypeOf(fact)
		for key, known := range s.facts {
			if obj, ok := key.object.(types.Object); ok && key.kind == kind {
				found = append(found, analysis.ObjectFact{Object: obj, Fact: known})
			}
		}
		for obj := range foreign(one) {
			if known := s.find(obj, kind); known != nil {
				found = append(found, analysis.ObjectFact{Object: obj, Fact: known})
			}
		}
	}
	return found
}

// foreign gives the objects of other packages that a package names, generic ones also as declared.
func foreign(one *checked) map[types.Object]bool {
	found := map[types.Object]bool{}
	for _, obj := range one.info.Uses {
		if obj.Pkg() == nil || obj.Pkg() == one.pkg {
			continue
		}
		found[obj] = true
		switch obj := obj.(type) {
		case *types.Func:
			found[obj.Origin()] = true
		case *types.Var:
			found[obj.Origin()] = true
		}
	}
	return found
}

func (s *store) packages(analyzer *analysis.Analyzer, one *checked) []analysis.PackageFact {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []analysis.PackageFact{}
	for _, fact := range analyzer.FactTypes {
		for _, pkg := range append([]*types.Package{one.pkg}, one.pkg.Imports()...) {
			if known := s.findPackage(pkg, reflect.TypeOf(fact)); known != nil {
				found = append(found, analysis.PackageFact{Package: pkg, Fact: known})
			}
		}
	}
	return found
}

// rows gives what was learnt about the objects of one package that others can name.
func (s *store) rows(pkg *types.Package) []saved {
	found := []saved{}
	for key, fact := range s.facts {
		switch object := key.object.(type) {
		case *types.Package:
			if object == pkg {
				found = append(found, saved{Fact: fact})
			}
		case types.Object:
			if path, err := s.paths.For(object); object.Pkg() == pkg && err == nil {
				found = append(found, saved{path, fact})
			}
		}
	}
	return found
}
