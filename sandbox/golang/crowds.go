package main

import (
	"fmt"
	"go/types"
	"strings"
)

// guarded tells whether a type holds what only code for several goroutines needs.
func guarded(t types.Type, depth int) bool {
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil {
		switch named.Obj().Pkg().Path() {
		case "sync", "sync/atomic":
			return true
		}
	}
	if depth > 2 {
		return false
	}
	switch under := t.Underlying().(type) {
	case *types.Struct:
		for i := range under.NumFields() {
			if guarded(under.Field(i).Type(), depth+1) {
				return true
			}
		}
	case *types.Pointer:
		return guarded(under.Elem(), depth+1)
	case *types.Chan:
		return true
	}
	return false
}

// sharesState tells whether the package keeps a guarded variable of its own.
func (e *explorer) sharesState() bool {
	scope := e.one.pkg.Scope()
	for _, name := range scope.Names() {
		if one, ok := scope.Lookup(name).(*types.Var); ok && guarded(one.Type(), 0) {
			return true
		}
	}
	return false
}

func (e *explorer) unsafeByDoc(named *types.TypeName) bool {
	for _, file := range e.one.unit.files {
		for _, group := range file.syntax.Comments {
			text := strings.ToLower(group.Text())
			if strings.Contains(text, strings.ToLower(named.Name())) && strings.Contains(text, "not safe for concurrent") {
				return true
			}
		}
	}
	return false
}

// crowd writes the methods of one value called by several goroutines at the same time.
func (e *explorer) crowd(named *types.TypeName, methods []*types.Func, made, kind string) []fragment {
	calls := []string{}
	for _, method := range methods {
		sig := method.Type().(*types.Signature)
		args, ok := e.plain.arguments(sig)
		if ok && !closing[strings.ToLower(method.Name())] && !strings.HasPrefix(method.Name(), "Set") {
			calls = append(calls, "func() { "+invoke(sig, "v."+method.Name()+"("+args+")")+" }")
		}
	}
	if len(calls) == 0 {
		return nil
	}
	number := e.note(methods[0], named.Name(), Entry{Method: true, Crowd: true})
	statement := fmt.Sprintf("var v %s; made := false; %s; if made { together(%s) }", kind, made, strings.Join(calls, ", "))
	return []fragment{{kind: "crowd", index: number, text: attempt(number, false, statement)}}
}

// crowdOf writes the package's functions called by several goroutines at the same time.
func (e *explorer) crowdOf(funcs []*types.Func) []fragment {
	calls := []string{}
	for _, fn := range funcs {
		sig, suffix, ok := e.concrete(fn)
		args, fine := e.plain.arguments(sig)
		if ok && fine {
			calls = append(calls, "func() { "+invoke(sig, fn.Name()+suffix+"("+args+")")+" }")
		}
	}
	if len(calls) == 0 {
		return nil
	}
	number := e.note(funcs[0], "the package's functions", Entry{Crowd: true})
	text := attempt(number, false, "together("+strings.Join(calls, ", ")+")")
	return []fragment{{kind: "crowd", index: number, text: text}}
}
