package main

import (
	"fmt"
	"sync"
)

func merge[T any](ins ...<-chan T) <-chan T {
	out := make(chan T)
	var group sync.WaitGroup
	for _, in := range ins {
		group.Add(1)
		go func(in <-chan T) {
			defer group.Done()
			for one := range in {
				out <- one
			}
		}(in)
	}
	go func() {
		group.Wait()
		close(out)
	}()
	return out
}

func count(n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			out <- i
		}
	}()
	return out
}

func main() {
	sum := 0
	for one := range merge(count(3), count(5)) {
		sum += one
	}
	fmt.Println(sum)
}
