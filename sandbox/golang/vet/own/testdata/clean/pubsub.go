package bus

import "sync"

// Bus hands messages to those who listen.
type Bus[T any] struct {
	mu        sync.RWMutex
	listeners map[chan T]struct{}
	closed    bool
}

// New gives a bus.
func New[T any]() *Bus[T] { return &Bus[T]{listeners: map[chan T]struct{}{}} }

// Listen gives a channel of messages and what ends it.
func (b *Bus[T]) Listen(room int) (<-chan T, func()) {
	messages := make(chan T, room)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listeners[messages] = struct{}{}
	var once sync.Once
	return messages, func() {
		once.Do(func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			if _, ok := b.listeners[messages]; ok {
				delete(b.listeners, messages)
				close(messages)
			}
		})
	}
}

// Send gives a message to all who have room.
func (b *Bus[T]) Send(message T) (missed int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for listener := range b.listeners {
		select {
		case listener <- message:
		default:
			missed++
		}
	}
	return missed
}

// Close ends all listeners.
func (b *Bus[T]) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.closed = true
	for listener := range b.listeners {
		close(listener)
	}
	clear(b.listeners)
}
