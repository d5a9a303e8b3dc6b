package own

import (
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ssa"
)

// content follows what was put into a variable, a field, an element or a map.
func (t *tracer) content(address ssa.Value, at *ssa.BasicBlock, in *frame) origin {
	switch address := address.(type) {
	case *ssa.FieldAddr:
		if found := fieldOrigin(address.X.Type(), address.Field); found != 0 {
			return found
		}
		return t.field(address, at, in)
	case *ssa.IndexAddr:
		return t.of(address.X, at, in)
	case *ssa.FreeVar:
		return t.content(t.program.bound(address), at, nil)
	case *ssa.Alloc, *ssa.MakeMap, *ssa.MakeSlice:
		return t.put(address, at, in)
	case *ssa.Global:
		return globalOrigin(address)
	case nil:
		return 0
	}
	return t.of(address, at, in)
}

// field follows one field: of a local struct what was put there, of another the struct's origin.
func (t *tracer) field(address *ssa.FieldAddr, at *ssa.BasicBlock, in *frame) (found origin) {
	base, ok := address.X.(*ssa.Alloc)
	if !ok {
		found = t.of(address.X, at, in)
		if found == 0 && isText(pointed(address.Type())) {
			found = elsewhere
		}
		return found &^ fromParam
	}
	for _, use := range *base.Referrers() {
		other, isField := use.(*ssa.FieldAddr)
		if isField && other.Field != address.Field {
			continue
		}
		if isField {
			found |= t.stored(other, in)
			continue
		}
		found |= t.through(use, base, in)
	}
	return found
}

func (t *tracer) put(base ssa.Value, _ *ssa.BasicBlock, in *frame) (found origin) {
	for _, use := range *base.Referrers() {
		switch use := use.(type) {
		case *ssa.FieldAddr:
			found |= t.stored(use, in)
		case *ssa.IndexAddr:
			found |= t.stored(use, in)
		default:
			found |= t.through(use, base, in)
		}
	}
	return found
}

// stored follows what is written to an address, or filled in there.
func (t *tracer) stored(address ssa.Value, in *frame) (found origin) {
	for _, use := range *address.Referrers() {
		found |= t.through(use, address, in)
	}
	return found
}

// through follows one use of an address that may write there.
func (t *tracer) through(use ssa.Instruction, address ssa.Value, in *frame) (found origin) {
	switch use := use.(type) {
	case *ssa.Store:
		if use.Addr == address {
			return t.of(use.Val, use.Block(), in)
		}
	case *ssa.MapUpdate:
		return t.of(use.Value, use.Block(), in)
	case *ssa.MakeInterface, *ssa.Slice, *ssa.ChangeInterface:
		return t.stored(use.(ssa.Value), in)
	case *ssa.MakeClosure:
		for i, bound := range use.Bindings {
			if bound == address {
				return t.stored(use.Fn.(*ssa.Function).FreeVars[i], nil)
			}
		}
	case ssa.CallInstruction:
		return t.filled(use, address, in)
	}
	return 0
}

var filling = regexp.MustCompile(`^(.*\)\.(Decode|DecodeElement|Read|ReadFull)|encoding/(json|xml)\.Unmarshal|fmt\.S?F?[Ss]can.*|io\.(ReadFull|Copy|ReadAtLeast|WriteString)|` +
	`\(\*(strings\.Builder|bytes\.Buffer)\)\.(Write.*|ReadFrom)|fmt\.Fprint.*|copy)$`)

// filled follows what a call puts where it was shown an address, such as json.Unmarshal.
func (t *tracer) filled(use ssa.CallInstruction, address ssa.Value, in *frame) (found origin) {
	common := use.Common()
	name := nameOfCall(common)
	if !filling.MatchString(name) {
		return 0
	}
	if name == "fmt.Scan" || name == "fmt.Scanln" || name == "fmt.Scanf" {
		return fromUser
	}
	if common.IsInvoke() {
		found = t.of(common.Value, use.Block(), in)
	}
	for _, argument := range common.Args {
		if argument != address {
			found |= t.of(argument, use.Block(), in)
		}
	}
	return found &^ elsewhere
}

func pointed(given types.Type) types.Type {
	if pointer, ok := given.Underlying().(*types.Pointer); ok {
		return pointer.Elem()
	}
	return given
}
