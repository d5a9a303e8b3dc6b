package bank

import (
	"errors"
	"sync"
)

// ErrShort is for accounts without enough.
var ErrShort = errors.New("not enough")

// Bank keeps balances.
type Bank struct {
	mu       sync.Mutex
	balances map[string]int
}

// Transfer moves an amount.
func (b *Bank) Transfer(from, to string, amount int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.balances[from] < amount {
		return ErrShort
	}
	b.balances[from] -= amount
	b.balances[to] += amount
	return nil
}

// Balance gives one.
func (b *Bank) Balance(name string) (int, bool) {
	b.mu.Lock()
	balance, ok := b.balances[name]
	b.mu.Unlock()
	return balance, ok
}

// Total sums all.
func (b *Bank) Total() (sum int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, one := range b.balances {
		sum += one
	}
	return sum
}
