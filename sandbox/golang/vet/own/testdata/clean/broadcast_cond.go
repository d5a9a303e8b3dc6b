package queue

import (
	"errors"
	"sync"
)

// ErrClosed is for queues that were closed.
var ErrClosed = errors.New("closed")

// Queue waits for room and for items.
type Queue[T any] struct {
	mu     sync.Mutex
	some   *sync.Cond
	items  []T
	closed bool
}

// New gives a queue.
func New[T any]() *Queue[T] {
	q := &Queue[T]{}
	q.some = sync.NewCond(&q.mu)
	return q
}

// Put adds an item.
func (q *Queue[T]) Put(item T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.items = append(q.items, item)
	q.some.Signal()
	return nil
}

// Take waits for an item.
func (q *Queue[T]) Take() (item T, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		if q.closed {
			return item, ErrClosed
		}
		q.some.Wait()
	}
	item, q.items = q.items[0], q.items[1:]
	return item, nil
}

// Close wakes all.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.some.Broadcast()
}
