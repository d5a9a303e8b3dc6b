package flight

import "sync"

type call[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// Group makes one call of several for the same key.
type Group[K comparable, V any] struct {
	mu    sync.Mutex
	calls map[K]*call[V]
}

// Do calls once.
func (g *Group[K, V]) Do(key K, fn func() (V, error)) (V, error) {
	g.mu.Lock()
	if g.calls == nil {
		g.calls = map[K]*call[V]{}
	}
	if one, ok := g.calls[key]; ok {
		g.mu.Unlock()
		<-one.done
		return one.value, one.err
	}
	one := &call[V]{done: make(chan struct{})}
	g.calls[key] = one
	g.mu.Unlock()

	one.value, one.err = fn()
	close(one.done)

	g.mu.Lock()
	delete(g.calls, key)
	g.mu.Unlock()
	return one.value, one.err
}
