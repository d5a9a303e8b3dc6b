package main

import (
	"fmt"
	"go/types"
	"strings"
)

// A value of a type may need values of many others; together they are bounded, and so is each one's depth.
const (
	sampleDepth = 3
	mostSamples = 20_000
)

// sampler makes plain values: small positive numbers that rise, short words, filled slices and maps.
type sampler struct {
	*speller
	funcs []*types.Func
	reach *reach
	depth int
	made  int
	edge  bool
}

// words are values that parameters of such names expect.
var words = map[string]string{"expr": "1 + 2", "expression": "1 + 2", "url": "http://localhost/a?b=c", "uri": "http://localhost/a?b=c",
	"path": "/tmp/none", "filename": "/tmp/none", "file": "/tmp/none", "email": "ann@example.com", "date": "2024-01-02", "json": "{}",
	"roman": "XIV", "binary": "101", "hex": "ff", "digits": "123", "num": "12", "ip": "10.0.0.1", "version": "1.2.3", "pattern": "a*",
	"op": "+", "operator": "+", "level": "info", "duration": "1s", "time": "15:04", "layout": "2006-01-02", "number": "12", "sep": ","}

// targets are slices that a function writes into; too short a one is its caller's mistake.
var targets = map[string]bool{"dst": true, "dest": true, "out": true, "buf": true, "buffer": true, "output": true}

var fruit = []string{"apple", "banana", "cherry", "date", "elder"}

// value writes a plain value of a type; false where none can be made.
func (m *sampler) value(t types.Type, name string, index int) (string, bool) {
	if m.made++; m.depth > sampleDepth || m.made > mostSamples {
		return "", false
	}
	m.depth++
	defer func() { m.depth-- }()
	if text, ok := m.special(t); ok {
		return text, text != ""
	}
	switch under := t.Underlying().(type) {
	case *types.Basic:
		return m.basicValue(t, under, name, index)
	case *types.Slice:
		return m.several(t, under.Elem(), name, 5)
	case *types.Array:
		return m.several(t, under.Elem(), name, int(min(under.Len(), 64)))
	case *types.Map:
		return m.mapValue(t, under)
	case *types.Struct:
		return m.structValue(t, under)
	case *types.Pointer:
		return m.pointerValue(t, under.Elem())
	case *types.Signature:
		return m.function(t, under)
	case *types.Interface:
		if under.Empty() {
			return `interface{}("hello")`, true
		}
		return m.implementation(under)
	}
	return "", false
}

// special knows types of the standard library; an empty text means that it must not be made.
func (m *sampler) special(t types.Type) (string, bool) {
	switch strings.TrimPrefix(t.String(), "*") {
	case "context.Context":
		return fmt.Sprintf("func() %s { c, stop := %s.WithTimeout(%s.Background(), 200*%s.Millisecond); keep(stop); return c }()",
			m.typ(t), m.use("context"), m.use("context"), m.use("time")), true
	case "io.Reader":
		return m.use("strings") + `.NewReader("hello\nworld\n")`, true
	case "io.Writer":
		return "new(" + m.use("bytes") + ".Buffer)", true
	case "error":
		return m.use("errors") + `.New("an error")`, true
	case "time.Duration":
		return "2*" + m.use("time") + ".Millisecond", true
	case "time.Time":
		if _, isPointer := t.(*types.Pointer); !isPointer {
			return m.use("time") + ".Unix(1700000000, 0).UTC()", true
		}
	case "bytes.Buffer", "strings.Builder":
		if pointer, isPointer := t.(*types.Pointer); isPointer {
			return "new(" + m.typ(pointer.Elem()) + ")", true
		}
	}
	named, ok := t.(*types.Named)
	if pointer, isPointer := t.(*types.Pointer); isPointer {
		named, ok = pointer.Elem().(*types.Named)
	}
	return "", ok && named.Obj().Pkg() != nil && named.Obj().Pkg() != m.pkg
}

func (m *sampler) basicValue(t types.Type, under *types.Basic, name string, index int) (string, bool) {
	if _, isNamed := t.(*types.Named); isNamed {
		if constant := m.constant(t); constant != "" {
			return constant, true
		}
	}
	info := under.Info()
	switch {
	case info&types.IsBoolean != 0:
		return m.typ(t) + "(true)", true
	case info&types.IsInteger != 0:
		return fmt.Sprintf("%s(%d)", m.typ(t), index+1), true
	case info&types.IsFloat != 0:
		return fmt.Sprintf("%s(%d.5)", m.typ(t), index+1), true
	case info&types.IsString != 0 && m.edge:
		return m.typ(t) + `("")`, true
	case info&types.IsString != 0:
		return fmt.Sprintf("%s(%q)", m.typ(t), wordFor(name)), true
	}
	return "", false
}

func wordFor(name string) string {
	if word := words[strings.ToLower(name)]; word != "" {
		return word
	}
	return "hello"
}

// constant gives a declared constant of a type, since other values may be no member of it.
func (m *sampler) constant(t types.Type) string {
	scope := m.pkg.Scope()
	for _, name := range scope.Names() {
		if one, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(one.Type(), t) && name != "_" {
			return name
		}
	}
	return ""
}

func (m *sampler) several(t, elem types.Type, name string, count int) (string, bool) {
	basic, isBasic := elem.Underlying().(*types.Basic)
	if _, isSlice := t.Underlying().(*types.Slice); isSlice {
		if targets[strings.ToLower(name)] {
			return "make(" + m.typ(t) + ", 256)", true
		}
		if m.edge {
			return m.typ(t) + "{}", true
		}
		if isBasic && basic.Kind() == types.Byte {
			return m.typ(t) + `("hello")`, true
		}
	}
	parts := []string{}
	for i := range count {
		text, ok := m.value(elem, name, i)
		if isBasic && basic.Info()&types.IsString != 0 && types.Identical(elem, types.Typ[types.String]) && words[strings.ToLower(name)] == "" {
			text = fmt.Sprintf("%q", fruit[i%len(fruit)])
		}
		if !ok {
			return "", false
		}
		parts = append(parts, text)
	}
	return m.typ(t) + "{" + strings.Join(parts, ", ") + "}", true
}

func (m *sampler) mapValue(t types.Type, under *types.Map) (string, bool) {
	if m.edge {
		return m.typ(t) + "{}", true
	}
	key, fine := m.value(under.Key(), "", 0)
	value, ok := m.value(under.Elem(), "", 0)
	return fmt.Sprintf("%s{%s: %s}", m.typ(t), key, value), ok && fine
}

// structValue fills a struct whose fields can all be filled; hidden state is for its constructor to make.
func (m *sampler) structValue(t types.Type, under *types.Struct) (string, bool) {
	if maker, ok := m.maker(t); ok {
		return maker, true
	}
	parts := []string{}
	for i := range under.NumFields() {
		field := under.Field(i)
		if pointsBack(field.Type(), t) {
			continue
		}
		if !field.Exported() && needsMaking(field.Type()) {
			return "", false
		}
		if text, ok := m.value(field.Type(), field.Name(), i); ok && field.Exported() {
			parts = append(parts, field.Name()+": "+text)
		} else if field.Exported() && needsMaking(field.Type()) {
			return "", false
		}
	}
	return m.typ(t) + "{" + strings.Join(parts, ", ") + "}", true
}

// needsMaking tells whether a field's zero value is likely to be filled in before its struct is used.
func needsMaking(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Map, *types.Chan, *types.Pointer, *types.Signature, *types.Interface:
		return true
	}
	return false
}

// pointsBack tells whether a field leads to its own type, as the next node of a list does: nil is its end.
func pointsBack(t, whole types.Type) bool {
	switch t := t.(type) {
	case *types.Pointer:
		return types.Identical(t.Elem(), whole)
	case *types.Slice:
		return pointsBack(t.Elem(), whole)
	case *types.Map:
		return pointsBack(t.Elem(), whole)
	}
	return false
}

func (m *sampler) pointerValue(t, elem types.Type) (string, bool) {
	if maker, ok := m.maker(t); ok {
		return maker, true
	}
	if under, ok := elem.Underlying().(*types.Struct); ok {
		text, ok := m.structValue(elem, under)
		if strings.HasPrefix(text, "func()") {
			return "", false
		}
		return "&" + text, ok
	}
	text, ok := m.value(elem, "", 0)
	return fmt.Sprintf("func() %s { v := %s; return &v }()", m.typ(t), text), ok
}

// maker calls the constructor of a type where there is one.
func (m *sampler) maker(t types.Type) (string, bool) {
	bare := t
	if pointer, ok := t.(*types.Pointer); ok {
		bare = pointer.Elem()
	}
	named, ok := bare.(*types.Named)
	if !ok || named.Obj().Pkg() != m.pkg {
		return "", false
	}
	for _, fn := range m.funcs {
		sig := fn.Type().(*types.Signature)
		if !strings.HasPrefix(strings.ToLower(fn.Name()), "new") || sig.Results().Len() != 1 || !types.Identical(sig.Results().At(0).Type(), t) {
			continue
		}
		if args, ok := m.arguments(sig); ok && sig.TypeParams().Len() == 0 && !m.reach.outside(fn) {
			return fn.Name() + "(" + args + ")", true
		}
	}
	return "", false
}

func (m *sampler) arguments(sig *types.Signature) (string, bool) {
	parts := []string{}
	for i := range sig.Params().Len() {
		param := sig.Params().At(i)
		text, ok := m.value(param.Type(), param.Name(), i)
		if !ok {
			return "", false
		}
		parts = append(parts, text)
	}
	if sig.Variadic() {
		return strings.Join(parts, ", ") + "...", true
	}
	return strings.Join(parts, ", "), true
}

// function writes a callback that gives plain values back.
func (m *sampler) function(t types.Type, sig *types.Signature) (string, bool) {
	results := []string{}
	for i := range sig.Results().Len() {
		text, ok := "nil", true
		if result := sig.Results().At(i).Type(); result.String() != "error" {
			text, ok = m.value(result, "", 0)
		}
		if !ok {
			return "", false
		}
		results = append(results, text)
	}
	params := []string{}
	for i := range sig.Params().Len() {
		text := m.typ(sig.Params().At(i).Type())
		if sig.Variadic() && i == sig.Params().Len()-1 {
			text = "..." + strings.TrimPrefix(text, "[]")
		}
		params = append(params, fmt.Sprintf("p%d %s", i, text))
	}
	outs := []string{}
	for i := range sig.Results().Len() {
		outs = append(outs, m.typ(sig.Results().At(i).Type()))
	}
	literal := fmt.Sprintf("func(%s) (%s) { return %s }", strings.Join(params, ", "), strings.Join(outs, ", "), strings.Join(results, ", "))
	if _, isNamed := t.(*types.Named); isNamed {
		return m.typ(t) + "(" + literal + ")", true
	}
	return literal, true
}

// implementation makes a value of the first type of the package that has the interface's methods.
func (m *sampler) implementation(under *types.Interface) (string, bool) {
	scope := m.pkg.Scope()
	for _, name := range scope.Names() {
		named, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || named.IsAlias() || isGeneric(named.Type()) || types.IsInterface(named.Type()) {
			continue
		}
		for _, t := range []types.Type{named.Type(), types.NewPointer(named.Type())} {
			if types.Implements(t, under) {
				if text, ok := m.value(t, "", 0); ok {
					return text, true
				}
			}
		}
	}
	return "", false
}
