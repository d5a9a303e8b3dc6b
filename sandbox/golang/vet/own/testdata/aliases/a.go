package aliases

import (
	"maps"
	"sync"
)

type store struct {
	mu    sync.Mutex
	items map[string]int
	names []string
}

func (s *store) all() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.items // want `^lockescape: the map s.items`
}

func (s *store) list() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names // want `^lockescape indicated`
}

func (s *store) copied() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.items)
}

func (s *store) taken() (old []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, s.names = s.names, nil
	return old
}

func two(base []int) ([]int, []int) {
	left := append(base, 1)
	right := append(base, 2) // want `^appendshared indicated: left and right both grow from base`
	return left, right
}

func fine(base []int) []int {
	base = append(base, 1)
	left := append(base, 2)
	return append(left, 3)
}
