package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Value is one value as a prompt writes it, before any type is known.
type Value struct {
	Kind  string  `json:"k"`
	Text  string  `json:"t"`
	Items []Value `json:"i"`
	Keys  []Value `json:"n"`
}

// Argument is a value with the words it was written in.
type Argument struct {
	Value Value  `json:"value"`
	Raw   string `json:"raw"`
	Name  string `json:"name"`
}

// speller writes types and values of one package as Go source, and notes what has to be imported.
type speller struct {
	pkg     *types.Package
	imports map[string]string
}

func newSpeller(pkg *types.Package) *speller {
	return &speller{pkg: pkg, imports: map[string]string{}}
}

func (s *speller) typ(t types.Type) string { return types.TypeString(t, s.qualify) }

func (s *speller) qualify(other *types.Package) string {
	if other == s.pkg {
		return ""
	}
	return s.use(other.Path())
}

// use gives the name under which a package is imported; no snippet is likely to use such a name.
func (s *speller) use(path string) string {
	if s.imports[path] == "" {
		s.imports[path] = fmt.Sprintf("gavel%d", len(s.imports))
	}
	return s.imports[path]
}

func (s *speller) importBlock() string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(s.imports)) {
		fmt.Fprintf(&b, "import %s %q\n", s.imports[path], path)
	}
	return b.String()
}

// argument writes one argument for a parameter; what only Go can say is taken as it was written.
func (s *speller) argument(arg Argument, t types.Type) (string, error) {
	_, isInterface := t.Underlying().(*types.Interface)
	switch arg.Value.Kind {
	case "go", "name":
		return s.verbatim(arg.Raw)
	case "nil", "error":
	default:
		if text, err := s.verbatim(arg.Raw); isInterface && err == nil {
			return text, nil
		}
	}
	return s.literal(arg.Value, t)
}

// known are the packages that an expression of a prompt may name.
var known = map[string]string{"time": "time", "strings": "strings", "bytes": "bytes", "context": "context", "errors": "errors",
	"math": "math", "big": "math/big", "io": "io", "fmt": "fmt", "rand": "math/rand", "sort": "sort", "strconv": "strconv"}

func (s *speller) verbatim(raw string) (string, error) {
	expr, err := parser.ParseExpr(raw)
	if raw == "" || err != nil {
		return "", fmt.Errorf("%q is no Go expression", raw)
	}
	roots := map[string]bool{}
	ast.Inspect(expr, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if root, ok := selector.X.(*ast.Ident); ok && known[root.Name] != "" && s.pkg.Scope().Lookup(root.Name) == nil {
				roots[root.Name] = true
				root.Name = s.use(known[root.Name])
			}
		}
		return true
	})
	if len(roots) == 0 {
		return raw, nil
	}
	return types.ExprString(withBodies(expr, raw, s, roots)), nil
}

// withBodies keeps an expression whole where printing it would leave function bodies out.
func withBodies(expr ast.Expr, raw string, s *speller, roots map[string]bool) ast.Expr {
	if !strings.Contains(raw, "func") {
		return expr
	}
	for root := range roots {
		raw = strings.ReplaceAll(raw, root+".", s.use(known[root])+".")
	}
	return &ast.Ident{Name: raw}
}

// literal writes a value as one of the type.
func (s *speller) literal(v Value, t types.Type) (string, error) {
	if t.String() == "error" {
		return s.failure(v)
	}
	switch under := t.Underlying().(type) {
	case *types.Basic:
		return s.basic(v, t, under)
	case *types.Slice:
		return s.slice(v, t, under.Elem())
	case *types.Array:
		if int64(len(v.Items)) != under.Len() {
			return "", wrongFor(v, t)
		}
		return s.elements(v, t, under.Elem())
	case *types.Map:
		return s.mapping(v, t, under)
	case *types.Struct:
		return s.structure(v, t, under)
	case *types.Pointer:
		return s.pointer(v, t, under.Elem())
	case *types.Interface:
		return s.dynamic(v, t, under)
	case *types.Chan:
		return s.channel(v, t, under.Elem())
	}
	if v.Kind == "nil" {
		return "nil", nil
	}
	return "", wrongFor(v, t)
}

func wrongFor(v Value, t types.Type) error {
	return fmt.Errorf("a written %s is no %s", v.Kind, types.TypeString(t, types.RelativeTo(nil)))
}

func (s *speller) failure(v Value) (string, error) {
	switch v.Kind {
	case "nil":
		return "nil", nil
	case "error", "str":
		return fmt.Sprintf("%s.New(%q)", s.use("errors"), v.Text), nil
	}
	return "", wrongFor(v, types.Universe.Lookup("error").Type())
}

func (s *speller) basic(v Value, t types.Type, under *types.Basic) (string, error) {
	info, text := under.Info(), ""
	switch {
	case info&types.IsBoolean != 0 && v.Kind == "bool":
		text = v.Text
	case info&types.IsString != 0 && (v.Kind == "str" || v.Kind == "char"):
		text = strconv.Quote(v.Text)
	case info&types.IsInteger != 0 && (v.Kind == "char" || v.Kind == "str") && len([]rune(v.Text)) == 1:
		text = strconv.QuoteRune([]rune(v.Text)[0])
	case info&types.IsNumeric != 0 && (v.Kind == "int" || v.Kind == "float"):
		text = v.Text
	case info&types.IsNumeric == 0 || v.Kind != "name" || !strings.EqualFold(v.Text, "inf"):
		return "", wrongFor(v, t)
	default:
		text = s.use("math") + ".Inf(1)"
	}
	return s.typ(t) + "(" + text + ")", nil
}

func (s *speller) slice(v Value, t, elem types.Type) (string, error) {
	basic, isBasic := elem.Underlying().(*types.Basic)
	switch {
	case v.Kind == "nil":
		return "(" + s.typ(t) + ")(nil)", nil
	case v.Kind == "str" && isBasic && (basic.Kind() == types.Byte || basic.Kind() == types.Rune):
		return s.typ(t) + "(" + strconv.Quote(v.Text) + ")", nil
	case v.Kind == "list" || v.Kind == "tuple" || v.Kind == "map" && len(v.Items) == 0:
		return s.elements(v, t, elem)
	}
	return "", wrongFor(v, t)
}

func (s *speller) elements(v Value, t, elem types.Type) (string, error) {
	parts := []string{}
	for _, item := range v.Items {
		text, err := s.literal(item, elem)
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	return s.typ(t) + "{" + strings.Join(parts, ", ") + "}", nil
}

func (s *speller) mapping(v Value, t types.Type, under *types.Map) (string, error) {
	if v.Kind == "nil" {
		return "(" + s.typ(t) + ")(nil)", nil
	}
	if len(v.Keys) != len(v.Items) || v.Kind != "map" {
		return s.set(v, t, under)
	}
	parts := []string{}
	for i, key := range v.Keys {
		if key.Kind == "name" {
			key.Kind = "str"
		}
		left, err := s.literal(key, under.Key())
		if err != nil {
			return "", err
		}
		right, err := s.literal(v.Items[i], under.Elem())
		if err != nil {
			return "", err
		}
		parts = append(parts, left+": "+right)
	}
	return s.typ(t) + "{" + strings.Join(parts, ", ") + "}", nil
}

// set writes `{1, 2}` for a map that is used as a set.
func (s *speller) set(v Value, t types.Type, under *types.Map) (string, error) {
	member := map[string]string{"bool": "true", "struct{}": "{}"}[under.Elem().String()]
	if v.Kind != "list" || member == "" {
		return "", wrongFor(v, t)
	}
	parts := []string{}
	for _, item := range v.Items {
		key, err := s.literal(item, under.Key())
		if err != nil {
			return "", err
		}
		parts = append(parts, key+": "+member)
	}
	return s.typ(t) + "{" + strings.Join(parts, ", ") + "}", nil
}

func (s *speller) structure(v Value, t types.Type, under *types.Struct) (string, error) {
	if t.String() == "time.Time" && v.Kind == "str" {
		return "", wrongFor(v, t)
	}
	parts := []string{}
	for i, item := range v.Items {
		var field *types.Var
		switch {
		case len(v.Keys) == len(v.Items):
			field = fieldNamed(under, v.Keys[i].Text)
		case len(v.Items) == under.NumFields():
			field = under.Field(i)
		}
		if field == nil {
			return "", fmt.Errorf("%s has no such fields", s.typ(t))
		}
		text, err := s.literal(item, field.Type())
		if err != nil {
			return "", err
		}
		parts = append(parts, field.Name()+": "+text)
	}
	if v.Kind != "struct" && v.Kind != "map" && v.Kind != "list" && v.Kind != "tuple" {
		return "", wrongFor(v, t)
	}
	return s.typ(t) + "{" + strings.Join(parts, ", ") + "}", nil
}

func fieldNamed(under *types.Struct, name string) *types.Var {
	for i := range under.NumFields() {
		if plain(under.Field(i).Name()) == plain(name) {
			return under.Field(i)
		}
	}
	return nil
}

// plain is a name without case and underscores, so that snake_case meets CamelCase.
func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

func (s *speller) dynamic(v Value, t types.Type, under *types.Interface) (string, error) {
	if v.Kind == "nil" {
		return "nil", nil
	}
	if v.Kind == "struct" {
		if named, ok := s.pkg.Scope().Lookup(v.Text).(*types.TypeName); ok {
			return s.literal(v, named.Type())
		}
	}
	if t.String() == "io.Reader" && v.Kind == "str" {
		return fmt.Sprintf("%s.NewReader(%q)", s.use("strings"), v.Text), nil
	}
	if guessed := guess(v); under.Empty() && guessed != nil {
		return s.literal(v, guessed)
	}
	return "", wrongFor(v, t)
}

// guess gives the type that a value has where no type is asked for.
func guess(v Value) types.Type {
	switch v.Kind {
	case "int":
		return types.Typ[types.Int]
	case "float":
		return types.Typ[types.Float64]
	case "str":
		return types.Typ[types.String]
	case "char":
		return types.Typ[types.Rune]
	case "bool":
		return types.Typ[types.Bool]
	case "list", "tuple":
		return types.NewSlice(common(v.Items))
	case "map":
		return types.NewMap(common(v.Keys), common(v.Items))
	}
	return nil
}

func common(items []Value) types.Type {
	var found types.Type
	for _, item := range items {
		one := guess(item)
		switch {
		case one == nil, found != nil && !types.Identical(found, one) && !mixed64(found, one):
			return types.NewInterfaceType(nil, nil)
		case found == nil || mixed64(found, one):
			found = one
			if len(items) > 1 && one == types.Typ[types.Int] && anyFloat(items) {
				found = types.Typ[types.Float64]
			}
		}
	}
	if found == nil {
		return types.NewInterfaceType(nil, nil)
	}
	return found
}

func mixed64(a, b types.Type) bool {
	return a == types.Typ[types.Float64] && b == types.Typ[types.Int] || a == types.Typ[types.Int] && b == types.Typ[types.Float64]
}

func anyFloat(items []Value) bool {
	for _, item := range items {
		if item.Kind == "float" {
			return true
		}
	}
	return false
}
