package main

import (
	"fmt"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// Entry is one function or method that is called with plain values.
type Entry struct {
	Name   string `json:"name"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Method bool   `json:"method"`
	Edge   bool   `json:"edge"`
	Crowd  bool   `json:"crowd"`
	Holds  bool   `json:"holds"`
	Polls  bool   `json:"polls"`
}

const mostEntries = 120

// waiting methods wait for another goroutine, or end an object; a trial calls them last or not at all.
var waiting = map[string]bool{"wait": true, "join": true, "lock": true, "unlock": true, "rlock": true, "runlock": true, "acquire": true,
	"run": true, "start": true, "serve": true, "listen": true, "loop": true, "watch": true, "listenandserve": true, "done": true,
	"release": true, "recv": true, "receive": true, "subscribe": true}

var closing = map[string]bool{"close": true, "stop": true, "shutdown": true, "cancel": true, "destroy": true}

// explorer finds the entry points of one package and writes calls of them.
type explorer struct {
	made  *Exercise
	fset  *token.FileSet
	one   *checked
	plain *sampler
	edge  *sampler
	reach *reach
	top   map[types.Object]bool
}

func (made *Exercise) entries(fset *token.FileSet, one *checked, s *speller, together bool) []fragment {
	r := newReach(one)
	e := &explorer{made: made, fset: fset, one: one, reach: r, top: r.roots(),
		plain: &sampler{speller: s, funcs: one.functions(), reach: r},
		edge:  &sampler{speller: s, funcs: one.functions(), reach: r, edge: true}}
	fragments := []fragment{}
	funcs := e.entryFunctions()
	for _, fn := range funcs {
		fragments = append(fragments, e.plainCall(fn)...)
	}
	for _, named := range e.entryTypes() {
		fragments = append(fragments, e.object(named, together)...)
	}
	if together || e.sharesState() {
		fragments = append(fragments, e.crowdOf(funcs)...)
	}
	return fragments
}

// note numbers one call for the record.
func (e *explorer) note(fn *types.Func, name string, entry Entry) int {
	at := e.fset.Position(fn.Pos())
	entry.Name, entry.File, entry.Line, entry.Polls = name, at.Filename, at.Line, e.reach.polls(fn)
	e.made.Entries = append(e.made.Entries, entry)
	return len(e.made.Entries) - 1
}

func (e *explorer) entryFunctions() []*types.Func {
	exported, roots := []*types.Func{}, []*types.Func{}
	for _, fn := range e.one.functions() {
		sig := fn.Type().(*types.Signature)
		if strings.HasPrefix(fn.Name(), "Must") || e.reach.outside(fn) || e.reach.warns(fn) || waiting[strings.ToLower(fn.Name())] || len(e.made.Entries) > mostEntries {
			continue
		}
		if strings.HasPrefix(fn.Name(), "New") && e.makesOwnType(sig) {
			continue
		}
		if fn.Exported() {
			exported = append(exported, fn)
		} else if e.top[fn] {
			roots = append(roots, fn)
		}
	}
	if len(exported) > 0 || e.one.unit.name != "main" {
		return exported
	}
	return roots
}

// makesOwnType tells whether a function is a constructor; it is called with the methods of what it makes.
func (e *explorer) makesOwnType(sig *types.Signature) bool {
	if sig.Results().Len() == 0 || sig.TypeParams().Len() > 0 {
		return false
	}
	t := sig.Results().At(0).Type()
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Pkg() == e.one.pkg && !types.IsInterface(named)
}

func (e *explorer) plainCall(fn *types.Func) []fragment {
	sig, suffix, ok := e.concrete(fn)
	args, fine := e.plain.arguments(sig)
	if !ok || !fine {
		return nil
	}
	name := fn.Name() + suffix
	number := e.note(fn, fn.Name(), Entry{Holds: holds(sig)})
	fragments := []fragment{{kind: "entry", index: number, text: attempt(number, false, invoke(sig, name+"("+args+")"))}}
	if empty, ok := e.edge.arguments(sig); ok && empty != args {
		number := e.note(fn, fn.Name(), Entry{Edge: true, Holds: holds(sig)})
		text := attempt(number, false, invoke(sig, name+"("+empty+")"))
		fragments = append(fragments, fragment{kind: "edge", index: number, text: text})
	}
	return fragments
}

// concrete gives a signature without type parameters, and what has to stand behind the function's name.
func (e *explorer) concrete(fn *types.Func) (*types.Signature, string, bool) {
	sig, chosen, err := instantiate(e.one.pkg, fn.Type().(*types.Signature), nil)
	if err != nil {
		return fn.Type().(*types.Signature), "", false
	}
	names := []string{}
	for _, one := range chosen {
		names = append(names, e.plain.typ(one))
	}
	if len(names) == 0 {
		return sig, "", true
	}
	return sig, "[" + strings.Join(names, ", ") + "]", true
}

// holds tells whether what a call gives back may lead to what its goroutines wait for.
func holds(sig *types.Signature) bool {
	for i := range sig.Results().Len() {
		if result := sig.Results().At(i).Type(); result.String() != "error" && leads(result, 0) {
			return true
		}
	}
	return false
}

func leads(t types.Type, depth int) bool {
	switch under := t.Underlying().(type) {
	case *types.Basic:
		return false
	case *types.Slice:
		return depth > 3 || leads(under.Elem(), depth+1)
	case *types.Map:
		return depth > 3 || leads(under.Elem(), depth+1)
	case *types.Struct:
		for i := range under.NumFields() {
			if depth > 3 || leads(under.Field(i).Type(), depth+1) {
				return true
			}
		}
		return false
	}
	return true
}

func attempt(number int, again bool, statement string) string {
	return fmt.Sprintf("\ttry(%d, %t, func() { %s })\n", number, again, statement)
}

// invoke keeps what a call gives back, so that nothing that its caller still holds counts as leaked.
func invoke(sig *types.Signature, call string) string {
	names := []string{}
	for i := range sig.Results().Len() {
		names = append(names, fmt.Sprintf("r%d", i))
	}
	if len(names) == 0 {
		return call
	}
	list := strings.Join(names, ", ")
	return list + " := " + call + "; keep(" + list + ")"
}

func (e *explorer) entryTypes() []*types.TypeName {
	exported, others := []*types.TypeName{}, []*types.TypeName{}
	scope := e.one.pkg.Scope()
	for _, name := range scope.Names() {
		named, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || named.IsAlias() || types.IsInterface(named.Type()) {
			continue
		}
		if named.Exported() {
			exported = append(exported, named)
		} else {
			others = append(others, named)
		}
	}
	sort.Slice(exported, func(i, j int) bool { return exported[i].Pos() < exported[j].Pos() })
	if e.one.unit.name == "main" && len(exported) == 0 {
		return others
	}
	return exported
}

// object makes one value of a type and calls its methods in the order of the text, closing ones last.
func (e *explorer) object(named *types.TypeName, together bool) []fragment {
	t, suffix := e.instance(named)
	if t == nil {
		return nil
	}
	methods := e.methods(t)
	made, maker, again := e.making(named, t, suffix)
	if made == "" || len(methods) == 0 && maker == nil {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\t{\n\tvar v %s\n\tmade := false\n", again)
	first := len(e.made.Entries)
	subject := maker
	if subject == nil {
		subject = methods[0]
	}
	fmt.Fprint(&b, attempt(e.note(subject, subject.Name(), Entry{}), true, made+"; keep(v)"))
	b.WriteString("\tif made {\n")
	for _, method := range methods {
		sig := method.Type().(*types.Signature)
		if args, ok := e.plain.arguments(sig); ok {
			name := named.Name() + "." + method.Name()
			number := e.note(method, name, Entry{Method: true})
			b.WriteString(attempt(number, false, invoke(sig, "v."+method.Name()+"("+args+")")))
		}
	}
	b.WriteString("\t}\n\t}\n")
	fragments := []fragment{{kind: "entry", index: first, text: b.String()}}
	if (together || guarded(t.Underlying(), 0)) && !e.unsafeByDoc(named) {
		fragments = append(fragments, e.crowd(named, methods, made, again)...)
	}
	return fragments
}

// instance gives a type without parameters: itself, or with the first plain arguments that fit.
func (e *explorer) instance(named *types.TypeName) (types.Type, string) {
	whole, ok := named.Type().(*types.Named)
	if !ok || whole.TypeParams().Len() == 0 {
		return named.Type(), ""
	}
	known := &inference{pkg: e.one.pkg, found: map[*types.TypeParam]types.Type{}}
	chosen, names := []types.Type{}, []string{}
	for i := range whole.TypeParams().Len() {
		chosen = append(chosen, known.choice(whole.TypeParams().At(i)))
		names = append(names, e.plain.typ(chosen[i]))
	}
	made, err := types.Instantiate(nil, whole, chosen, true)
	if err != nil {
		return nil, ""
	}
	return made, "[" + strings.Join(names, ", ") + "]"
}

// making writes how a value comes into being: by its constructor, else as a literal.
func (e *explorer) making(named *types.TypeName, t types.Type, suffix string) (string, *types.Func, string) {
	has := false
	for _, fn := range e.one.functions() {
		declared := fn.Type().(*types.Signature)
		if !strings.HasPrefix(strings.ToLower(fn.Name()), "new") || !makes(declared, named) {
			continue
		}
		has = true
		sig, targs, ok := e.concrete(fn)
		if declared.TypeParams().Len() > 0 && targs != suffix {
			continue
		}
		args, fine := e.plain.arguments(sig)
		if !ok || !fine || e.reach.outside(fn) {
			continue
		}
		call := fn.Name() + targs + "(" + args + ")"
		made := "v = " + call + "; made = true"
		if results := sig.Results(); results.Len() == 2 && results.At(1).Type().String() == "error" {
			made = "w, err := " + call + "; v, made = w, err == nil"
		} else if results.Len() != 1 {
			continue
		}
		return made, fn, e.plain.typ(sig.Results().At(0).Type())
	}
	under, isStruct := t.Underlying().(*types.Struct)
	if has || !isStruct || suffix != "" && under.NumFields() > 0 && !zeroWorks(under) {
		return "", nil, ""
	}
	if text, ok := e.plain.structValue(t, under); ok {
		return "v = &" + text + "; made = true", nil, "*" + e.plain.typ(t)
	}
	return "", nil, ""
}

func zeroWorks(under *types.Struct) bool {
	for i := range under.NumFields() {
		if needsMaking(under.Field(i).Type()) {
			return false
		}
	}
	return true
}

func makes(sig *types.Signature, named *types.TypeName) bool {
	if sig.Results().Len() == 0 {
		return false
	}
	t := sig.Results().At(0).Type()
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	one, ok := t.(*types.Named)
	return ok && one.Origin().Obj() == named
}

func (e *explorer) methods(t types.Type) []*types.Func {
	first, last := []*types.Func{}, []*types.Func{}
	set := types.NewMethodSet(types.NewPointer(t))
	for i := range set.Len() {
		method, ok := set.At(i).Obj().(*types.Func)
		if !ok || method.Pkg() != e.one.pkg || !method.Exported() && (e.one.unit.name != "main" || !e.top[method.Origin()]) {
			continue
		}
		name := strings.ToLower(method.Name())
		if waiting[name] || strings.HasPrefix(name, "must") || e.reach.outside(method.Origin()) || e.reach.warns(method.Origin()) {
			continue
		}
		if closing[name] {
			last = append(last, method)
		} else {
			first = append(first, method)
		}
	}
	sort.Slice(first, func(i, j int) bool { return first[i].Pos() < first[j].Pos() })
	return append(first, last...)
}
