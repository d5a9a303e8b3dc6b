package main

import "fmt"

func main() {
	ping, pong, done := make(chan int), make(chan int), make(chan struct{})
	go func() {
		for n := range ping {
			pong <- n + 1
		}
		close(pong)
	}()
	go func() {
		defer close(done)
		for n := range pong {
			fmt.Println("pong", n)
		}
	}()
	for i := range 5 {
		ping <- i
	}
	close(ping)
	<-done
}
