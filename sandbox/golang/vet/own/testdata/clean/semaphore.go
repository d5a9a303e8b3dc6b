package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// All asks several addresses, a few at once.
func All(ctx context.Context, client *http.Client, addresses []string, atOnce int) (map[string]int64, error) {
	var (
		mu     sync.Mutex
		group  sync.WaitGroup
		failed error
	)
	sizes, room := map[string]int64{}, make(chan struct{}, atOnce)
	for _, address := range addresses {
		group.Add(1)
		go func() {
			defer group.Done()
			room <- struct{}{}
			defer func() { <-room }()
			size, err := one(ctx, client, address)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
				return
			}
			sizes[address] = size
		}()
	}
	group.Wait()
	return sizes, failed
}

func one(ctx context.Context, client *http.Client, address string) (int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, fmt.Errorf("making a request: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	return io.Copy(io.Discard, response.Body)
}
