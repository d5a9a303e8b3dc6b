package main

import (
	"context"
	"fmt"
	"sync"
)

type job struct{ number int }

type result struct {
	job  job
	text string
}

func work(ctx context.Context, jobs <-chan job, results chan<- result) {
	for one := range jobs {
		select {
		case results <- result{one, fmt.Sprintf("job %d", one.number)}:
		case <-ctx.Done():
			return
		}
	}
}

func run(ctx context.Context, workers, count int) []result {
	jobs, results := make(chan job), make(chan result)
	var group sync.WaitGroup
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			work(ctx, jobs, results)
		}()
	}
	go func() {
		defer close(jobs)
		for i := range count {
			select {
			case jobs <- job{i}:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		group.Wait()
		close(results)
	}()
	found := []result{}
	for one := range results {
		found = append(found, one)
	}
	return found
}

func main() {
	for _, one := range run(context.Background(), 3, 10) {
		fmt.Println(one.text)
	}
}
