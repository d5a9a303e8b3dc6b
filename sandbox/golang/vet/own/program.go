package own

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"
)

// program is the package's functions with who calls them and what closures hold.
type program struct {
	pass    *analysis.Pass
	fns     []*ssa.Function
	own     map[*ssa.Function]bool
	callers map[*ssa.Function][]ssa.CallInstruction
	made    map[*ssa.Function]*ssa.MakeClosure
	left    *int // how many values may still be followed
}

// programs reads the package once for all who follow values through it.
var programs = &analysis.Analyzer{Name: "programs", Doc: "functions, callers and closures", Requires: []*analysis.Analyzer{buildssa.Analyzer},
	ResultType: reflect.TypeFor[*program](), Run: func(pass *analysis.Pass) (any, error) { return newProgram(pass), nil }}

// programOf gives the program for the findings of another analyzer.
func programOf(pass *analysis.Pass) *program {
	known := *pass.ResultOf[programs].(*program)
	left := altogether
	known.pass, known.left = pass, &left
	return &known
}

func newProgram(pass *analysis.Pass) *program {
	p := &program{pass: pass, own: map[*ssa.Function]bool{}, callers: map[*ssa.Function][]ssa.CallInstruction{},
		made: map[*ssa.Function]*ssa.MakeClosure{}}
	for _, fn := range pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
		if !inTest(pass, fn.Pos()) {
			p.fns = append(p.fns, fn)
			p.own[fn] = true
		}
	}
	p.each(func(one ssa.Instruction) {
		switch one := one.(type) {
		case *ssa.MakeClosure:
			p.made[one.Fn.(*ssa.Function)] = one
		case ssa.CallInstruction:
			if fn := one.Common().StaticCallee(); fn != nil {
				p.callers[fn] = append(p.callers[fn], one)
			}
		}
	})
	return p
}

// each visits every instruction.
func (p *program) each(visit func(ssa.Instruction)) {
	for _, fn := range p.fns {
		for _, block := range fn.Blocks {
			for _, one := range block.Instrs {
				visit(one)
			}
		}
	}
}

// bound gives what a closure's variable is outside of it.
func (p *program) bound(free *ssa.FreeVar) ssa.Value {
	made := p.made[free.Parent()]
	for i, one := range free.Parent().FreeVars {
		if one == free && made != nil {
			return made.Bindings[i]
		}
	}
	return nil
}

// nameOfCall gives the full name of what is called; builtins have their own name.
func nameOfCall(call *ssa.CallCommon) string {
	if call.IsInvoke() {
		return call.Method.FullName()
	}
	switch fn := call.Value.(type) {
	case *ssa.Builtin:
		return fn.Name()
	case *ssa.Function:
		if object, ok := fn.Object().(*types.Func); ok {
			return object.FullName()
		}
	}
	return ""
}

// argumentsOf gives the arguments without a receiver.
func argumentsOf(call *ssa.CallCommon) []ssa.Value {
	if !call.IsInvoke() && call.Signature().Recv() != nil && len(call.Args) > 0 {
		return call.Args[1:]
	}
	return call.Args
}

// variadic gives the single values that were passed in place of `...`, or none where a slice was passed.
func variadic(list ssa.Value) []ssa.Value {
	slice, ok := list.(*ssa.Slice)
	if !ok {
		return nil
	}
	array, ok := slice.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	found := map[int64]ssa.Value{}
	for _, use := range *array.Referrers() {
		element, ok := use.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		number, fixed := element.Index.(*ssa.Const)
		for _, store := range *element.Referrers() {
			if store, ok := store.(*ssa.Store); ok && fixed {
				found[number.Int64()] = store.Val
			}
		}
	}
	values := []ssa.Value{}
	for i := range int64(len(found)) {
		values = append(values, found[i])
	}
	return values
}

// constantText gives the text of a constant string.
func constantText(value ssa.Value) (string, bool) {
	fixed, ok := bare(value).(*ssa.Const)
	if !ok || fixed.Value == nil || fixed.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(fixed.Value), true
}

// bare takes off conversions.
func bare(value ssa.Value) ssa.Value {
	for {
		switch one := value.(type) {
		case *ssa.MakeInterface:
			value = one.X
		case *ssa.ChangeInterface:
			value = one.X
		case *ssa.ChangeType:
			value = one.X
		case *ssa.Convert:
			value = one.X
		default:
			return value
		}
	}
}

// piece is a part of a text that is joined: constant text, or a value.
type piece struct {
	text  string
	value ssa.Value
	verb  byte
}

// most is how many pieces of a text are told apart; a text may be joined with itself again and again.
const most = 64

// pieces takes a text apart into what is joined, and gives the place where that happens.
func pieces(value ssa.Value) ([]piece, token.Pos) {
	room := most
	return split(value, &room)
}

func split(value ssa.Value, room *int) ([]piece, token.Pos) {
	value = bare(value)
	*room--
	if fixed, ok := constantText(value); ok {
		return []piece{{text: fixed}}, token.NoPos
	}
	switch value := value.(type) {
	case *ssa.BinOp:
		if value.Op == token.ADD && *room > 0 {
			left, _ := split(value.X, room)
			right, _ := split(value.Y, room)
			return append(left, right...), value.Pos()
		}
	case *ssa.Call:
		if name := nameOfCall(&value.Call); name == "fmt.Sprintf" {
			return formatted(&value.Call, 0), value.Pos()
		}
	}
	return []piece{{value: value}}, token.NoPos
}

// formatted takes a call with a format apart; the format is the argument of that number.
func formatted(call *ssa.CallCommon, at int) []piece {
	args := argumentsOf(call)
	if len(args) < at+2 {
		return nil
	}
	format, ok := constantText(args[at])
	values := variadic(args[at+1])
	if !ok {
		return []piece{{value: args[at]}}
	}
	found := []piece{}
	start := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		end := i + 1
		for end < len(format)-1 && (format[end] < 'A' && format[end] != '%' || format[end] == '[' || format[end] == ']') {
			end++
		}
		if end >= len(format) {
			break
		}
		if format[end] != '%' && len(values) > 0 {
			found = append(found, piece{text: format[start:i]}, piece{value: bare(values[0]), verb: format[end]})
			values, start = values[1:], end+1
		}
		i = end
	}
	return append(found, piece{text: format[start:]})
}

func blockOf(value ssa.Value) *ssa.BasicBlock {
	if instruction, ok := value.(ssa.Instruction); ok {
		return instruction.Block()
	}
	return nil
}

// exported tells whether others can call a function.
func exported(fn *ssa.Function) bool {
	object, ok := fn.Object().(*types.Func)
	if !ok || !object.Exported() {
		return false
	}
	if receiver := object.Signature().Recv(); receiver != nil {
		if named, ok := types.Unalias(pointed(receiver.Type())).(*types.Named); ok {
			return named.Obj().Exported()
		}
	}
	return fn.Pkg == nil || fn.Pkg.Pkg.Name() != "main" || ast.IsExported(object.Name())
}
