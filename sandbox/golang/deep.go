package main

import (
	"fmt"
	"go/token"
	"go/types"
	"path"
	"sort"
	"strings"
)

// Grown is a function whose cost is measured over the size of what it is given.
type Grown struct {
	Name   string `json:"name"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	End    int    `json:"end"`
	Sized  string `json:"sized"`
	Number bool   `json:"number"`
	// Nested tells that what it gives back may be as large as the square of its size.
	Nested bool `json:"nested"`
	Others bool `json:"others"`
}

// Tried is a function that is called with values by chance.
type Tried struct {
	Name string `json:"name"`
	File string `json:"file"`
	Line int    `json:"line"`
	// Text tells that it takes nothing but texts, which no caller has to choose with care.
	Text bool `json:"text"`
}

const (
	mostGrown = 12
	mostTried = 16
)

// digger writes the calls of the second pass for one package.
type digger struct {
	*explorer
	made *Exercise
}

// deepHook generates the second pass's file, without the functions that the type checker refuses there.
func (made *Exercise) deepHook(request *Request, fset *token.FileSet, one *checked, imports types.Importer) {
	refused := map[string]bool{}
	for range 3 {
		trial := &Exercise{Grown: made.Grown, Tried: made.Tried}
		d := newDigger(trial, fset, one)
		fragments := d.fragments(refused)
		if len(fragments) == 0 {
			return
		}
		text := d.written(fragments)
		bad, whole := refusals(request, one, imports, text, fragments)
		if len(bad) == 0 && whole {
			made.Grown, made.Tried = trial.Grown, trial.Tried
			name := path.Join(one.unit.dir, "zz_gavel_deep.go")
			made.Deep = append(made.Deep, Hook{Path: one.unit.path, Name: name, Text: text, Deep: true})
			return
		}
		if len(bad) == 0 {
			return
		}
		for _, part := range bad {
			refused[part.of] = true
		}
	}
}

func newDigger(made *Exercise, fset *token.FileSet, one *checked) *digger {
	r := newReach(one)
	plain := &sampler{speller: newSpeller(one.pkg), funcs: one.functions(), reach: r}
	// Its own list of entry points is of no use here.
	e := &explorer{made: &Exercise{}, fset: fset, one: one, reach: r, plain: plain, edge: plain}
	return &digger{explorer: e, made: made}
}

func (d *digger) fragments(refused map[string]bool) []fragment {
	found := []fragment{}
	for _, fn := range d.entryFunctions() {
		sig, suffix, ok := d.concrete(fn)
		if !ok || refused[fn.Name()] {
			continue
		}
		called := fn.Name() + suffix
		if text, one, ok := d.growth(fn, sig, called); ok && len(d.made.Grown) < mostGrown {
			found = append(found, fragment{kind: "grow", index: len(d.made.Grown), of: fn.Name(), text: text(len(d.made.Grown))})
			d.made.Grown = append(d.made.Grown, one)
		}
		if text, one, ok := d.trial(fn, sig, called); ok && len(d.made.Tried) < mostTried {
			found = append(found, fragment{kind: "try", index: len(d.made.Tried), of: fn.Name(), text: text(len(d.made.Tried))})
			d.made.Tried = append(d.made.Tried, one)
		}
	}
	return found
}

func (d *digger) written(fragments []fragment) string {
	texts := map[string]*strings.Builder{"grow": {}, "try": {}}
	for _, one := range fragments {
		texts[one.kind].WriteString(one.text)
	}
	body := fmt.Sprintf("func GavelGrow(grow func(int, func(int) func()), keep func(...interface{})) {\n%s}\n\n"+
		"func GavelTry(try func(int, []interface{}, func([]interface{}))) {\n%s}\n", texts["grow"], texts["try"])
	lines := []string{}
	for path, name := range d.plain.imports {
		if strings.Contains(body, name+".") {
			lines = append(lines, fmt.Sprintf("import %s %q\n", name, path))
		}
	}
	sort.Strings(lines)
	return fmt.Sprintf("package %s\n\n%s\n%s", d.one.unit.name, strings.Join(lines, ""), body)
}

// growth writes what makes an input of size n and gives the call that is measured.
func (d *digger) growth(fn *types.Func, sig *types.Signature, called string) (func(int) string, Grown, bool) {
	chosen := sizedParameters(sig)
	if len(chosen) == 0 || sig.Results().Len() == 0 {
		return nil, Grown{}, false
	}
	var b strings.Builder
	names := []string{}
	for i := range sig.Params().Len() {
		param := sig.Params().At(i)
		text, ok := "", false
		if chosen[i] {
			text, ok = d.sized(param.Type())
		} else {
			text, ok = d.plain.value(param.Type(), param.Name(), i)
		}
		if !ok {
			return nil, Grown{}, false
		}
		fmt.Fprintf(&b, "var a%d %s = %s; ", i, d.plain.typ(param.Type()), text)
		names = append(names, fmt.Sprintf("a%d", i))
	}
	args := strings.Join(names, ", ")
	if sig.Variadic() {
		args += "..."
	}
	text := func(number int) string {
		return fmt.Sprintf("\tgrow(%d, func(n int) func() { %sreturn func() { %s } })\n", number, &b, d.dropped(sig, called+"("+args+")"))
	}
	return text, d.grown(fn, sig, chosen), true
}

// dropped makes a call whose results nobody uses, and which is made all the same.
func (d *digger) dropped(sig *types.Signature, call string) string {
	names, uses := []string{}, []string{}
	for i := range sig.Results().Len() {
		names = append(names, fmt.Sprintf("r%d", i))
		uses = append(uses, fmt.Sprintf("%s.KeepAlive(r%d)", d.plain.use("runtime"), i))
	}
	return strings.Join(names, ", ") + " := " + call + "; " + strings.Join(uses, "; ")
}

func (d *digger) grown(fn *types.Func, sig *types.Signature, chosen map[int]bool) Grown {
	at, end := d.fset.Position(fn.Pos()), d.fset.Position(d.reach.bodies[fn].End())
	one := Grown{Name: fn.Name(), File: at.Filename, Line: at.Line, End: end.Line, Others: len(chosen) > 1}
	for i := range sig.Params().Len() {
		if chosen[i] && one.Sized == "" {
			one.Sized = sig.Params().At(i).Name()
			one.Number = isWhole(sig.Params().At(i).Type())
		}
	}
	for i := range sig.Results().Len() {
		one.Nested = one.Nested || nested(sig.Results().At(i).Type())
	}
	return one
}

// sizedParameters gives every text, list and map, or else the first whole number.
func sizedParameters(sig *types.Signature) map[int]bool {
	found := map[int]bool{}
	for i := range sig.Params().Len() {
		switch under := sig.Params().At(i).Type().Underlying().(type) {
		case *types.Slice, *types.Map:
			found[i] = true
		case *types.Basic:
			if under.Info()&types.IsString != 0 {
				found[i] = true
			}
		}
	}
	for i := 0; len(found) == 0 && i < sig.Params().Len(); i++ {
		if isWhole(sig.Params().At(i).Type()) {
			found[i] = true
		}
	}
	return found
}

func isWhole(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return false
	}
	switch basic.Kind() {
	case types.Int, types.Int32, types.Int64, types.Uint, types.Uint32, types.Uint64:
		return true
	}
	return false
}

func nested(t types.Type) bool {
	switch under := t.Underlying().(type) {
	case *types.Slice:
		return isLong(under.Elem())
	case *types.Map:
		return isLong(under.Elem())
	}
	return false
}

func isLong(t types.Type) bool {
	switch under := t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Struct, *types.Pointer, *types.Interface:
		return true
	case *types.Basic:
		return under.Info()&types.IsString != 0
	}
	return false
}

// sized writes a value of a type with n elements; false where none can be made.
func (d *digger) sized(t types.Type) (string, bool) {
	name := d.plain.typ(t)
	switch under := t.Underlying().(type) {
	case *types.Basic:
		if under.Info()&types.IsString != 0 {
			return fmt.Sprintf("%s(func() []byte { b := make([]byte, n); for i := range b { b[i] = \"the quick brown fox jumps over lazy dogs \"[i*7%%40] }; return b }())", name), true
		}
		return fmt.Sprintf("%s(n)", name), isWhole(t)
	case *types.Slice:
		elem, ok := d.element(under.Elem())
		return fmt.Sprintf("func() %s { s := make(%s, n); for i := range s { s[i] = %s }; return s }()", name, name, elem), ok
	case *types.Map:
		key, fine := d.element(under.Key())
		elem, ok := d.element(under.Elem())
		return fmt.Sprintf("func() %s { m := make(%s, n); for i := range n { m[%s] = %s }; return m }()", name, name, key, elem), ok && fine
	}
	return "", false
}

// element writes the i-th element; neighbours differ, and nothing is in order.
func (d *digger) element(t types.Type) (string, bool) {
	if basic, ok := t.Underlying().(*types.Basic); ok {
		name := d.plain.typ(t)
		switch {
		case basic.Kind() == types.Uint8 || basic.Kind() == types.Int8:
			return fmt.Sprintf("%s('a' + i*7%%26)", name), true
		case basic.Info()&(types.IsInteger|types.IsFloat) != 0:
			return fmt.Sprintf("%s(i * 7919 %% 30011)", name), true
		case basic.Info()&types.IsString != 0:
			return fmt.Sprintf("%s(\"key\" + %s.Itoa(i*7919%%30011))", name, d.plain.use("strconv")), true
		}
	}
	return d.plain.value(t, "", 0)
}

// trial writes a call with values that come as texts, numbers and booleans.
func (d *digger) trial(fn *types.Func, sig *types.Signature, called string) (func(int) string, Tried, bool) {
	args, seeds, onlyText := []string{}, []string{}, true
	for i := range sig.Params().Len() {
		param := sig.Params().At(i)
		carrier := carried(param.Type())
		if carrier == "" || sig.Variadic() {
			return nil, Tried{}, false
		}
		onlyText = onlyText && (carrier == "string" || carrier == "[]byte")
		text, ok := d.plain.value(param.Type(), param.Name(), i)
		if !ok {
			return nil, Tried{}, false
		}
		args = append(args, fmt.Sprintf("%s(in[%d].(%s))", d.plain.typ(param.Type()), i, carrier))
		seeds = append(seeds, carrier+"("+text+")")
	}
	if len(args) == 0 {
		return nil, Tried{}, false
	}
	at := d.fset.Position(fn.Pos())
	text := func(number int) string {
		return fmt.Sprintf("\ttry(%d, []interface{}{%s}, func(in []interface{}) { %s(%s) })\n",
			number, strings.Join(seeds, ", "), called, strings.Join(args, ", "))
	}
	return text, Tried{Name: fn.Name(), File: at.Filename, Line: at.Line, Text: onlyText}, true
}

func carried(t types.Type) string {
	switch under := t.Underlying().(type) {
	case *types.Slice:
		if basic, ok := under.Elem().Underlying().(*types.Basic); ok && basic.Kind() == types.Uint8 {
			return "[]byte"
		}
	case *types.Basic:
		switch {
		case under.Info()&types.IsString != 0:
			return "string"
		case isWhole(t):
			return "int"
		case under.Info()&types.IsBoolean != 0:
			return "bool"
		}
	}
	return ""
}
