package cache

import (
	"maps"
	"sync"
	"time"
)

type item struct {
	value any
	until time.Time
}

// Cache forgets.
type Cache struct {
	mu    sync.RWMutex
	items map[string]item
	stop  chan struct{}
}

// New starts a cache that is cleaned now and then.
func New(period time.Duration) *Cache {
	c := &Cache{items: map[string]item{}, stop: make(chan struct{})}
	go c.clean(period)
	return c
}

func (c *Cache) clean(period time.Duration) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			c.mu.Lock()
			maps.DeleteFunc(c.items, func(_ string, one item) bool { return now.After(one.until) })
			c.mu.Unlock()
		case <-c.stop:
			return
		}
	}
}

// Get gives what is still there.
func (c *Cache) Get(key string) (any, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	one, ok := c.items[key]
	if !ok || time.Now().After(one.until) {
		return nil, false
	}
	return one.value, true
}

// Keys gives a copy of the keys.
func (c *Cache) Keys() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	keys := make([]string, 0, len(c.items))
	for key := range c.items {
		keys = append(keys, key)
	}
	return keys
}

// Close ends the cleaning.
func (c *Cache) Close() { close(c.stop) }
