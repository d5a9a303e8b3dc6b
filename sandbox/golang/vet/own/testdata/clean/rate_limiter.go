package limit

import (
	"context"
	"sync"
	"time"
)

// Bucket lets through so much at once and so much each second.
type Bucket struct {
	mu     sync.Mutex
	tokens float64
	size   float64
	rate   float64
	last   time.Time
	now    func() time.Time
}

// New gives a full bucket.
func New(size int, rate float64) *Bucket {
	return &Bucket{tokens: float64(size), size: float64(size), rate: rate, last: time.Now(), now: time.Now}
}

// Allow tells whether one may pass.
func (b *Bucket) Allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.tokens = min(b.size, b.tokens+now.Sub(b.last).Seconds()*b.rate)
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// Wait waits until one may pass.
func (b *Bucket) Wait(ctx context.Context) error {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for !b.Allow() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}
