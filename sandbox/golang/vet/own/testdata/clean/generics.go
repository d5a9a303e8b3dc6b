package sets

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Set holds each value once.
type Set[T comparable] map[T]struct{}

// Of gives a set of values.
func Of[T comparable](values ...T) Set[T] {
	set := Set[T]{}
	for _, value := range values {
		set[value] = struct{}{}
	}
	return set
}

// Union gives what is in either.
func (s Set[T]) Union(other Set[T]) Set[T] {
	all := maps.Clone(s)
	maps.Copy(all, other)
	return all
}

// All gives the values in any order.
func (s Set[T]) All() iter.Seq[T] { return maps.Keys(s) }

// Sorted gives the values in order.
func Sorted[T cmp.Ordered](s Set[T]) []T { return slices.Sorted(s.All()) }

// Map maps.
func Map[T, U any](values []T, f func(T) U) []U {
	mapped := make([]U, 0, len(values))
	for _, value := range values {
		mapped = append(mapped, f(value))
	}
	return mapped
}

// Without gives the values but for the one at a place.
func Without[T any](values []T, at int) []T {
	return append(slices.Clone(values[:at]), values[at+1:]...)
}

// Join joins words.
func Join(words []string) string {
	out := strings.Builder{}
	for i, word := range words {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteString(word)
	}
	return out.String()
}
