package locks

import (
	"errors"
	"sync"
)

type account struct {
	mu      sync.Mutex
	balance int
}

type bank struct {
	mu       sync.RWMutex
	log      sync.Mutex
	accounts map[string]*account
}

var errNone = errors.New("none")

func (b *bank) kept(name string) (*account, error) {
	b.mu.Lock()
	one := b.accounts[name]
	if one == nil {
		return nil, errNone // want `^lockkept`
	}
	b.mu.Unlock()
	return one, nil
}

func (b *bank) twice() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count()   // want `^locktwice: count takes`
	b.mu.Lock() // want `^locktwice`
}

func (b *bank) count() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.accounts)
}

func (b *bank) upgrade(name string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.accounts[name] == nil {
		b.mu.Lock() // want `^lockupgrade`
		b.accounts[name] = &account{}
		b.mu.Unlock()
	}
}

func (b *bank) one() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.log.Lock()
	defer b.log.Unlock()
}

func (b *bank) other() {
	b.log.Lock()
	defer b.log.Unlock()
	b.mu.Lock() // want `^lockorder: here two locks`
	defer b.mu.Unlock()
}

func transfer(from, to *account, amount int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock() // want `^lockorder indicated`
	defer to.mu.Unlock()
	from.balance -= amount
	to.balance += amount
}
