package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

type person struct {
	name string
	born time.Time
}

func oldest(people []person) []person {
	sorted := slices.Clone(people)
	slices.SortFunc(sorted, func(a, b person) int { return a.born.Compare(b.born) })
	return sorted
}

func main() {
	people := []person{}
	for _, name := range []string{"Ann", "Bo", "Cy"} {
		people = append(people, person{name, time.Date(1980+rand.IntN(30), 1, 1, 0, 0, 0, 0, time.UTC)})
	}
	for i, one := range oldest(people) {
		fmt.Printf("%d. %-5s %s\n", i+1, one.name, one.born.Format(time.DateOnly))
	}
}
