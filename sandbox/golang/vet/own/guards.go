package own

import (
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// purpose is what a text is used for, with what makes it safe there.
type purpose struct {
	cleaning *regexp.Regexp // calls whose result is safe
	testing  *regexp.Regexp // calls that look whether a text is
	leads    bool           // only the start of the text matters
	paths    bool
}

var (
	anyCleaning = regexp.MustCompile(`(^|\.)(Quote|QuoteMeta|QueryEscape|PathEscape|EscapeString|HTMLEscape.*|JSEscape.*|URLQueryEscaper|ReplaceAll(String|Func|StringFunc)?|EncodeToString|Sum[0-9]*)$`)
	anyTesting  = regexp.MustCompile(`^(\(\*regexp\.Regexp\)\.(Match.*|Find.*)|regexp\.Match.*|slices\.(Contains|ContainsFunc|Index|BinarySearch)|strings\.(EqualFold|IndexFunc|ContainsFunc)|strconv\..*|net/url\.Parse.*|net\.ParseIP|net/netip\.Parse.*|crypto/.*|net/mail\.Parse.*)$`)
	ownTesting  = regexp.MustCompile(`(?i)(valid|check|allow|safe|saniti[sz]e|clean|verif|permit|legal|trusted|known|inside|within|escape|quote|restrict|contains|^is[A-Z]|^has[A-Z])`)
	ownCleaning = regexp.MustCompile(`(?i)(saniti[sz]e|clean|escape|quote|safe|slug)`)
)

// anchored tells whether what stands in front of a text fixes where an address leads.
func anchored(prefix string) bool {
	return prefix != "" && !strings.HasSuffix(prefix, "//")
}

// cleans tells whether the result of a call is safe.
func (p *purpose) cleans(call *ssa.Call, name string) bool {
	if anyCleaning.MatchString(name) || (p.cleaning != nil && p.cleaning.MatchString(name)) {
		return true
	}
	return p.paths && strings.HasSuffix(name, ".Clean") && rooted(call.Call.Args[0])
}

// rooted tells whether a text begins with a slash, so that cleaning it leaves no way up.
func rooted(value ssa.Value) bool {
	parts, _ := pieces(value)
	if len(parts) > 0 && strings.HasPrefix(parts[0].text, "/") {
		return true
	}
	join, ok := value.(*ssa.Call)
	if !ok || !strings.HasSuffix(nameOfCall(&join.Call), ".Join") {
		return false
	}
	first := variadic(join.Call.Args[0])
	prefix, _ := constantText(orNil(first))
	return strings.HasPrefix(prefix, "/")
}

func orNil(values []ssa.Value) ssa.Value {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}

// checked tells whether a value is looked at before it is used, by a comparison, a look-up or a test.
func (t *tracer) checked(value ssa.Value, at *ssa.BasicBlock) bool {
	if !isText(value.Type()) {
		return false
	}
	compared := map[string]bool{}
	for _, same := range alike(value) {
		if same.Referrers() == nil {
			continue
		}
		for _, use := range *same.Referrers() {
			switch use := use.(type) {
			case *ssa.BinOp:
				if t.comparison(use, same, at, compared) {
					return true
				}
			case *ssa.Lookup:
				if use.Index == same && (use.CommaOk || isBool(use.Type())) {
					return true
				}
			case *ssa.Call:
				if t.tests(use, same) {
					return true
				}
			}
		}
	}
	return len(compared) > 1
}

// comparison notes what a text is compared with; where it equals a constant it is one.
func (t *tracer) comparison(use *ssa.BinOp, value ssa.Value, at *ssa.BasicBlock, compared map[string]bool) bool {
	other := use.X
	if other == value {
		other = use.Y
	}
	fixed, ok := constantText(other)
	if !ok || fixed == "" || (use.Op != token.EQL && use.Op != token.NEQ) {
		return false
	}
	compared[fixed] = true
	for _, branch := range *use.Referrers() {
		branch, ok := branch.(*ssa.If)
		if !ok || at == nil {
			continue
		}
		equal := branch.Block().Succs[0]
		if use.Op == token.NEQ {
			equal = branch.Block().Succs[1]
		}
		if equal.Parent() == at.Parent() && len(equal.Preds) == 1 && equal.Dominates(at) {
			return true
		}
	}
	return false
}

func (t *tracer) tests(call *ssa.Call, value ssa.Value) bool {
	if call.Referrers() == nil || len(*call.Referrers()) == 0 {
		return false
	}
	fn := call.Call.StaticCallee()
	if fn != nil && t.program.own[fn] {
		return ownTesting.MatchString(fn.Name()) && tellsOnly(fn.Signature.Results())
	}
	name := nameOfCall(&call.Call)
	if name == "strings.HasPrefix" {
		_, fixed := constantText(call.Call.Args[1])
		return t.purpose.testing != nil && t.purpose.testing.MatchString(name) && call.Call.Args[0] == value && (!fixed || !t.purpose.paths)
	}
	return anyTesting.MatchString(name) || (t.purpose.testing != nil && t.purpose.testing.MatchString(name))
}

// tellsOnly tells whether a function gives no more than whether something is right.
func tellsOnly(results *types.Tuple) bool {
	return results.Len() == 1 && (isBool(results.At(0).Type()) || types.Identical(results.At(0).Type(), errorType))
}

func isBool(given types.Type) bool {
	basic, ok := given.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsBoolean != 0
}

// alike gives a value with the other readings of the same variable or field.
func alike(value ssa.Value) []ssa.Value {
	read, ok := value.(*ssa.UnOp)
	if !ok || read.Op != token.MUL {
		return []ssa.Value{value}
	}
	found := []ssa.Value{}
	for _, address := range sameAddress(read.X) {
		for _, use := range *address.Referrers() {
			if other, ok := use.(*ssa.UnOp); ok {
				found = append(found, other)
			}
		}
	}
	return found
}

func sameAddress(address ssa.Value) []ssa.Value {
	field, ok := address.(*ssa.FieldAddr)
	if !ok {
		if address.Referrers() == nil {
			return nil
		}
		return []ssa.Value{address}
	}
	bases, found := alike(field.X), []ssa.Value{}
	if _, nested := field.X.(*ssa.FieldAddr); nested {
		bases = sameAddress(field.X)
	}
	for _, base := range bases {
		if base.Referrers() == nil {
			continue
		}
		for _, use := range *base.Referrers() {
			if other, ok := use.(*ssa.FieldAddr); ok && other.Field == field.Field {
				found = append(found, other)
			}
		}
	}
	return found
}
