package locks

import "sync"

type queue struct {
	mu    sync.Mutex
	ready *sync.Cond
	items []int
	read  sync.RWMutex
	cache map[int]int
}

func (q *queue) lock()   { q.mu.Lock() }
func (q *queue) unlock() { q.mu.Unlock() }

func (q *queue) pop() (int, bool) {
	q.mu.Lock()
	if len(q.items) == 0 {
		q.mu.Unlock()
		return 0, false
	}
	first := q.items[0]
	q.items = q.items[1:]
	q.mu.Unlock()
	return first, true
}

func (q *queue) get(key int, make func() int) int {
	q.read.RLock()
	value, ok := q.cache[key]
	q.read.RUnlock()
	if ok {
		return value
	}
	q.read.Lock()
	defer q.read.Unlock()
	if value, ok := q.cache[key]; ok {
		return value
	}
	value = make()
	q.cache[key] = value
	return value
}

func (q *queue) push(item int) {
	q.mu.Lock()
	defer func() {
		q.mu.Unlock()
		q.ready.Signal()
	}()
	q.items = append(q.items, item)
	q.grow()
}

// grow is called with the lock held, and works without it.
func (q *queue) grow() {
	q.mu.Unlock()
	q.cache[1] = len(q.items)
	q.mu.Lock()
}

func (q *queue) each(f func(int)) {
	for i := range 3 {
		q.mu.Lock()
		if i > len(q.items) {
			q.mu.Unlock()
			continue
		}
		f(q.items[i])
		q.mu.Unlock()
	}
}
