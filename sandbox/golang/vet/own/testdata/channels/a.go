package channels

import (
	"context"
	"fmt"
	"sync"
	"time"
)

func unclosed(n int) {
	numbers := make(chan int)
	go func() {
		for i := range n {
			numbers <- i
		}
	}()
	for number := range numbers { // want `^chanrange: nobody closes numbers`
		fmt.Println(number)
	}
}

func workers(n int) int {
	results := make(chan int)
	for i := range n {
		go work(i, results)
	}
	sum := 0
	for one := range results { // want `^chanrange`
		sum += one
	}
	return sum
}

func work(i int, into chan<- int) { into <- i * i }

func unheard() {
	done := make(chan bool)
	go func() {
		done <- true // want `^channoreceive`
	}()
	time.Sleep(time.Second)
}

func itself() {
	numbers := make(chan int)
	numbers <- 1 // want `^chandeadlock`
	fmt.Println(<-numbers)
}

func twice(numbers []int) {
	out := make(chan int, len(numbers))
	defer close(out)
	for _, one := range numbers {
		out <- one
	}
	close(out) // want `^chanclosed`
	fmt.Println(<-out)
}

func closers(n int) {
	out := make(chan int, n)
	for i := range n {
		go func() {
			defer close(out) // want `^chanloopclose`
			out <- i
		}()
	}
	for one := range out {
		fmt.Println(one)
	}
}

func slow(ctx context.Context, ask func() int) (int, error) {
	answer := make(chan int)
	go func() {
		answer <- ask() // want `^goblocked`
	}()
	select {
	case one := <-answer:
		return one, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func fastest(asks []func() int) int {
	answers := make(chan int)
	for _, ask := range asks {
		go func() {
			answers <- ask() // want `^goblocked`
		}()
	}
	return <-answers
}

func fine(ctx context.Context, n int) int {
	answer := make(chan int, 1)
	go func() { answer <- n }()
	numbers, done := make(chan int), make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Add(1)
		go func() {
			defer group.Done()
			select {
			case numbers <- i:
			case <-ctx.Done():
			}
		}()
	}
	go func() {
		group.Wait()
		close(numbers)
	}()
	go func() {
		defer close(done)
		for one := range numbers {
			fmt.Println(one)
		}
	}()
	<-done
	select {
	case one := <-answer:
		return one
	case <-ctx.Done():
		return 0
	}
}

func produce(n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			out <- i
		}
	}()
	return out
}

func collected(n int) (sum int) {
	results := make(chan int)
	for i := range n {
		go func() { results <- i }()
	}
	for range n {
		sum += <-results
	}
	return sum
}

func semaphore(names []string) {
	room := make(chan struct{}, 2)
	var group sync.WaitGroup
	for _, name := range names {
		group.Add(1)
		room <- struct{}{}
		go func() {
			defer group.Done()
			defer func() { <-room }()
			fmt.Println(name)
		}()
	}
	group.Wait()
}
