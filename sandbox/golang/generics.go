package main

import (
	"fmt"
	"go/token"
	"go/types"
)

// inference collects what a call's values say about type parameters.
type inference struct {
	pkg   *types.Package
	found map[*types.TypeParam]types.Type
}

// instantiate gives a signature without type parameters, and the type arguments that make it so.
func instantiate(pkg *types.Package, sig *types.Signature, args []Argument) (*types.Signature, []types.Type, error) {
	params := sig.TypeParams()
	if params.Len() == 0 {
		return sig, nil, nil
	}
	known := &inference{pkg: pkg, found: map[*types.TypeParam]types.Type{}}
	for i, arg := range args {
		if sig.Params().Len() > 0 {
			known.unify(parameter(sig, i), arg)
		}
	}
	chosen := []types.Type{}
	for i := range params.Len() {
		chosen = append(chosen, known.choice(params.At(i)))
	}
	made, err := types.Instantiate(nil, sig, chosen, true)
	if err != nil {
		return nil, nil, fmt.Errorf("its type arguments are not known: %w", err)
	}
	return made.(*types.Signature), chosen, nil
}

// parameter gives the type of the i-th argument, the element's for those that are variadic.
func parameter(sig *types.Signature, i int) types.Type {
	last := sig.Params().Len() - 1
	if sig.Variadic() && i >= last {
		return sig.Params().At(last).Type().(*types.Slice).Elem()
	}
	return sig.Params().At(min(i, last)).Type()
}

func (known *inference) unify(t types.Type, arg Argument) {
	if arg.Value.Kind == "go" || arg.Value.Kind == "name" {
		if said, err := types.Eval(token.NewFileSet(), known.pkg, token.NoPos, arg.Raw); err == nil && said.Type != nil {
			known.match(t, types.Default(said.Type))
		}
		return
	}
	if guessed := guess(arg.Value); guessed != nil {
		known.match(t, guessed)
	}
}

// match walks a parameter's type and an argument's side by side.
func (known *inference) match(t, have types.Type) {
	switch t := t.(type) {
	case *types.TypeParam:
		if known.found[t] == nil {
			known.found[t] = have
		}
		if core := coreOf(t); core != nil {
			known.match(core, have.Underlying())
		}
	case *types.Slice:
		if have, ok := have.(*types.Slice); ok {
			known.match(t.Elem(), have.Elem())
		}
	case *types.Map:
		if have, ok := have.(*types.Map); ok {
			known.match(t.Key(), have.Key())
			known.match(t.Elem(), have.Elem())
		}
	case *types.Signature:
		if have, ok := have.(*types.Signature); ok {
			known.tuples(t.Params(), have.Params())
			known.tuples(t.Results(), have.Results())
		}
	}
}

func (known *inference) tuples(t, have *types.Tuple) {
	for i := range min(t.Len(), have.Len()) {
		known.match(t.At(i).Type(), have.At(i).Type())
	}
}

// coreOf gives T of a constraint ~T, where that is a slice or a map.
func coreOf(param *types.TypeParam) types.Type {
	under, ok := param.Constraint().Underlying().(*types.Interface)
	if !ok || under.NumEmbeddeds() != 1 {
		return nil
	}
	union, ok := under.EmbeddedType(0).(*types.Union)
	if !ok || union.Len() != 1 {
		return nil
	}
	return union.Term(0).Type()
}

// choice gives what was found, else the first plain type that the constraint takes.
func (known *inference) choice(param *types.TypeParam) types.Type {
	if found := known.found[param]; found != nil {
		return found
	}
	constraint, _ := param.Constraint().Underlying().(*types.Interface)
	for _, kind := range []types.BasicKind{types.Int, types.String, types.Float64} {
		if constraint != nil && types.Satisfies(types.Typ[kind], constraint) {
			return types.Typ[kind]
		}
	}
	return types.Typ[types.Int]
}
