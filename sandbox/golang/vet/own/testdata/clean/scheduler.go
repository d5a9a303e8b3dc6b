package schedule

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Every calls a function again and again until it is stopped.
type Every struct {
	stop chan struct{}
	once sync.Once
	done sync.WaitGroup
}

// Start starts it.
func Start(period time.Duration, call func(context.Context) error) *Every {
	e := &Every{stop: make(chan struct{})}
	e.done.Add(1)
	go func() {
		defer e.done.Done()
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		for {
			select {
			case <-e.stop:
				return
			case <-ticker.C:
				if err := call(ctx); err != nil {
					slog.Error("a call failed", "err", err)
				}
			}
		}
	}()
	return e
}

// Stop ends it and waits.
func (e *Every) Stop() {
	e.once.Do(func() { close(e.stop) })
	e.done.Wait()
}
