package main

import (
	"fmt"
	"go/types"
	"strings"
)

func (s *speller) pointer(v Value, t, elem types.Type) (string, error) {
	if v.Kind == "nil" {
		return "(" + s.typ(t) + ")(nil)", nil
	}
	if under, ok := elem.Underlying().(*types.Struct); ok {
		if links, value := linked(under, t); v.Kind == "list" && value != nil {
			return s.linkedList(v.Items, t, elem, links, value)
		}
		text, err := s.literal(v, elem)
		return "&" + text, err
	}
	text, err := s.literal(v, elem)
	return fmt.Sprintf("func() %s { v := %s; return &v }()", s.typ(t), text), err
}

// linked finds the fields of a list or tree node: those that point to its own type, and its value.
func linked(under *types.Struct, pointer types.Type) (links []*types.Var, value *types.Var) {
	for i := range under.NumFields() {
		field := under.Field(i)
		switch {
		case types.Identical(field.Type(), pointer):
			links = append(links, field)
		case value != nil:
			return nil, nil
		default:
			value = field
		}
	}
	if len(links) == 0 || len(links) > 2 {
		return nil, nil
	}
	return links, value
}

// linkedList writes `[1,2,3]` as a list, or as a tree level by level with null for what is not there.
func (s *speller) linkedList(items []Value, t, elem types.Type, links []*types.Var, value *types.Var) (string, error) {
	if len(items) == 0 || items[0].Kind == "nil" {
		return "(" + s.typ(t) + ")(nil)", nil
	}
	children := make([][]int, len(items))
	next := 1
	for at := range items {
		if items[at].Kind == "nil" {
			continue
		}
		for range links {
			children[at] = append(children[at], next)
			next++
		}
	}
	return s.node(items, children, 0, elem, links, value)
}

func (s *speller) node(items []Value, children [][]int, at int, elem types.Type, links []*types.Var, value *types.Var) (string, error) {
	text, err := s.literal(items[at], value.Type())
	if err != nil {
		return "", err
	}
	parts := []string{value.Name() + ": " + text}
	for i, child := range children[at] {
		if child >= len(items) || items[child].Kind == "nil" {
			continue
		}
		below, err := s.node(items, children, child, elem, links, value)
		if err != nil {
			return "", err
		}
		parts = append(parts, links[i].Name()+": "+below)
	}
	return "&" + s.typ(elem) + "{" + strings.Join(parts, ", ") + "}", nil
}

// channel writes a list as a closed channel that holds it.
func (s *speller) channel(v Value, t, elem types.Type) (string, error) {
	if v.Kind != "list" {
		return "", wrongFor(v, t)
	}
	var sends strings.Builder
	for _, item := range v.Items {
		text, err := s.literal(item, elem)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&sends, "c <- %s; ", text)
	}
	made := s.typ(types.NewChan(types.SendRecv, elem))
	return fmt.Sprintf("func() %s { c := make(%s, %d); %sclose(c); return c }()", made, made, len(v.Items), sends.String()), nil
}
