package main

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"strings"
)

// Step is one call of an example; what it should give is not told to this side.
type Step struct {
	Name  string     `json:"name"`
	On    string     `json:"on"`
	Let   []string   `json:"let"`
	Args  []Argument `json:"args"`
	Wants bool       `json:"wants"`
}

// CallCase is one example of the prompt.
type CallCase struct {
	Steps []Step `json:"steps"`
}

// Placed says which function an example is about, or why it can't be called.
type Placed struct {
	Name string `json:"name"`
	File string `json:"file"`
	Line int    `json:"line"`
	Why  string `json:"why"`
	// Holds tells whether its results may lead to what its goroutines wait for.
	Holds bool `json:"holds"`
}

// caller writes examples as Go for one package.
type caller struct {
	*speller
	fset  *token.FileSet
	asked []string
	funcs []*types.Func
	vars  map[string]types.Type
	first *types.Func
}

func newCaller(fset *token.FileSet, one *checked, asked []string) *caller {
	return &caller{speller: newSpeller(one.pkg), fset: fset, asked: asked, funcs: one.functions()}
}

// body writes the statements of one example.
func (c *caller) body(example CallCase) (string, error) {
	c.vars, c.first = map[string]types.Type{}, nil
	var b strings.Builder
	for number, step := range example.Steps {
		text, err := c.step(number, step, example)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (c *caller) step(number int, step Step, example CallCase) (string, error) {
	called, sig, err := c.target(step)
	if err != nil {
		return "", err
	}
	args, err := arranged(sig, step.Args)
	if err != nil {
		return "", err
	}
	hints := args
	if sig.TypeParams().Len() > 0 && len(hints) == 0 && number+1 < len(example.Steps) {
		hints = example.Steps[number+1].Args
	}
	sig, chosen, err := instantiate(c.pkg, sig, hints)
	if err != nil {
		return "", err
	}
	for i, one := range chosen {
		called += map[bool]string{true: "[", false: ", "}[i == 0] + c.typ(one)
	}
	if len(chosen) > 0 {
		called += "]"
	}
	return c.call(number, step, called, sig, args)
}

// target finds what a step calls: a method of a variable, a function, or a constructor of a type.
func (c *caller) target(step Step) (string, *types.Signature, error) {
	if step.On != "" {
		method := methodNamed(c.vars[step.On], c.pkg, step.Name)
		if method == nil {
			return "", nil, fmt.Errorf("there is no method %s", step.Name)
		}
		return "v" + step.On + "." + method.Name(), method.Type().(*types.Signature), nil
	}
	found, err := c.function(step)
	if err == nil {
		c.note(found)
		return found.Name(), found.Type().(*types.Signature), nil
	}
	if receiver, method := c.method(step); method != nil {
		c.note(method)
		return receiver + "." + method.Name(), method.Type().(*types.Signature), nil
	}
	return "", nil, err
}

func (c *caller) note(found *types.Func) {
	if c.first == nil {
		c.first = found
	}
}

func (c *caller) function(step Step) (*types.Func, error) {
	if step.Name == "" {
		return c.unnamed(step)
	}
	if found := c.named(step.Name); found != nil {
		return found, nil
	}
	for _, name := range []string{"New" + step.Name, "Constructor", "New"} {
		// An example of a class names the class where Go has a constructor.
		if found := c.named(name); found != nil && len(step.Let) > 0 {
			return found, nil
		}
	}
	return nil, fmt.Errorf("the answer has no function %s", step.Name)
}

func (c *caller) named(name string) *types.Func {
	var found *types.Func
	for _, one := range c.funcs {
		if one.Name() == name {
			return one
		}
	}
	for _, one := range c.funcs {
		if plain(one.Name()) == plain(name) {
			if found != nil {
				return nil
			}
			found = one
		}
	}
	return found
}

// unnamed finds the function that the prompt asks for, or the only one that takes such arguments.
func (c *caller) unnamed(step Step) (*types.Func, error) {
	fits := func(one *types.Func) bool {
		_, err := arranged(one.Type().(*types.Signature), step.Args)
		return err == nil
	}
	for _, name := range c.asked {
		if found := c.named(name); found != nil && fits(found) {
			return found, nil
		}
	}
	for _, exported := range []bool{true, false} {
		fitting := []*types.Func{}
		for _, one := range c.funcs {
			if one.Exported() == exported && fits(one) && !strings.HasPrefix(one.Name(), "New") {
				fitting = append(fitting, one)
			}
		}
		if len(fitting) == 1 {
			return fitting[0], nil
		}
		if len(fitting) > 1 {
			return nil, errors.New("several functions of the answer take such arguments")
		}
	}
	return nil, errors.New("no function of the answer takes such arguments")
}

// method finds the only method of that name, on a type whose zero value or constructor needs nothing.
func (c *caller) method(step Step) (string, *types.Func) {
	receiver, found := "", (*types.Func)(nil)
	scope := c.pkg.Scope()
	for _, name := range scope.Names() {
		named, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || named.IsAlias() || isGeneric(named.Type()) {
			continue
		}
		method := methodNamed(named.Type(), c.pkg, step.Name)
		if method == nil || step.Name == "" {
			continue
		}
		if found != nil {
			return "", nil
		}
		receiver, found = c.blank(named), method
	}
	if receiver == "" {
		return "", nil
	}
	return receiver, found
}

func (c *caller) blank(named *types.TypeName) string {
	if maker := c.named("New" + named.Name()); maker != nil {
		sig := maker.Type().(*types.Signature)
		if sig.Params().Len() == 0 && sig.Results().Len() == 1 && sig.TypeParams().Len() == 0 {
			return maker.Name() + "()"
		}
		return ""
	}
	if under, ok := named.Type().Underlying().(*types.Struct); ok && under.NumFields() == 0 {
		return "(&" + named.Name() + "{})"
	}
	return ""
}

func isGeneric(t types.Type) bool {
	named, ok := t.(*types.Named)
	return ok && named.TypeParams().Len() > 0
}

func methodNamed(t types.Type, pkg *types.Package, name string) *types.Func {
	if t == nil {
		return nil
	}
	if _, isPointer := t.(*types.Pointer); !isPointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	if found, _, _ := types.LookupFieldOrMethod(t, true, pkg, name); found != nil {
		method, _ := found.(*types.Func)
		return method
	}
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		if method, ok := set.At(i).Obj().(*types.Func); ok && plain(method.Name()) == plain(name) {
			return method
		}
	}
	return nil
}
