package main

import (
	"fmt"
	"go/types"
	"strings"
)

// arranged puts arguments in the order of the parameters, by name where all have one.
func arranged(sig *types.Signature, args []Argument) ([]Argument, error) {
	params := sig.Params()
	ordered := make([]Argument, params.Len())
	matched := 0
	for i := range params.Len() {
		for _, arg := range args {
			if arg.Name != "" && plain(arg.Name) == plain(params.At(i).Name()) {
				ordered[i] = arg
				matched++
			}
		}
	}
	if matched > 0 && matched == len(args) && matched == params.Len() {
		return ordered, nil
	}
	least := params.Len()
	if sig.Variadic() {
		least--
	}
	if len(args) < least || len(args) > params.Len() && !sig.Variadic() {
		return nil, fmt.Errorf("it takes %d arguments, the example has %d", params.Len(), len(args))
	}
	return args, nil
}

// call writes one call, keeps its results in variables and hands over what is asked for.
func (c *caller) call(number int, step Step, called string, sig *types.Signature, args []Argument) (string, error) {
	texts, err := c.arguments(sig, args)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	results := c.results(number, step, sig)
	given := results
	if step.Wants && len(results) == 0 {
		at := changed(sig)
		if at < 0 || at >= len(texts) {
			return "", fmt.Errorf("%s gives nothing back", step.Name)
		}
		name := fmt.Sprintf("a%d", number)
		fmt.Fprintf(&b, "\t%s := %s\n", name, texts[at])
		texts[at], given = name, []string{name}
	}
	if len(results) > 0 {
		b.WriteString("\t" + strings.Join(results, ", ") + " := ")
	}
	fmt.Fprintf(&b, "%s(%s)\n", called, strings.Join(texts, ", "))
	if step.Wants {
		fmt.Fprintf(&b, "\tput(%d, %s)\n", number, strings.Join(given, ", "))
	} else if len(given) > 0 {
		fmt.Fprintf(&b, "\tput(-1, %s)\n", strings.Join(given, ", "))
	}
	return b.String(), nil
}

func (c *caller) arguments(sig *types.Signature, args []Argument) ([]string, error) {
	texts := []string{}
	last := sig.Params().Len() - 1
	for i, arg := range args {
		if sig.Variadic() && i == last && len(args) == last+1 && arg.Value.Kind == "list" {
			text, err := c.argument(arg, sig.Params().At(last).Type())
			if err == nil {
				texts = append(texts, text+"...")
				continue
			}
		}
		if variable := c.vars[arg.Raw]; variable != nil {
			texts = append(texts, "v"+arg.Raw)
			continue
		}
		text, err := c.argument(arg, parameter(sig, i))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// results names the results; those that the example names stay known to later steps.
func (c *caller) results(number int, step Step, sig *types.Signature) []string {
	names := []string{}
	for i := range sig.Results().Len() {
		name := fmt.Sprintf("r%d_%d", number, i)
		if i < len(step.Let) && step.Let[i] != "_" && c.vars[step.Let[i]] == nil {
			name = "v" + step.Let[i]
			c.vars[step.Let[i]] = sig.Results().At(i).Type()
		}
		names = append(names, name)
	}
	return names
}

// changed gives the parameter that a function without results changes in place.
func changed(sig *types.Signature) int {
	for i := range sig.Params().Len() {
		switch sig.Params().At(i).Type().Underlying().(type) {
		case *types.Slice, *types.Map, *types.Pointer:
			return i
		}
	}
	return -1
}
