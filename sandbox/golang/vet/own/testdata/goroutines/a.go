package goroutines

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

type cache struct {
	mu    sync.Mutex
	items map[string]int
	stop  chan struct{}
}

func newCache() *cache {
	c := &cache{items: map[string]int{}}
	go func() { // want `^goendless indicated`
		for {
			time.Sleep(time.Minute)
			c.clean()
		}
	}()
	go c.tick() // want `^goendless indicated`
	go c.loop(context.Background())
	return c
}

func (c *cache) clean() { clear(c.items) }

func (c *cache) tick() {
	ticker := time.NewTicker(time.Second)
	for range ticker.C {
		c.clean()
	}
}

func (c *cache) loop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.stop:
			return
		case <-time.After(time.Second):
			c.clean()
		}
	}
}

func lines(in io.Reader, work func(string)) {
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		go work(scanner.Text()) // want `^gounbounded indicated`
	}
	room := make(chan struct{}, 4)
	for scanner.Scan() {
		room <- struct{}{}
		go func() {
			defer func() { <-room }()
			work(scanner.Text())
		}()
	}
}

func unwaited(names []string) {
	var group sync.WaitGroup
	for _, name := range names {
		group.Add(1) // want `^wgwait`
		go func() {
			defer group.Done()
			fmt.Println(name)
		}()
	}
}

func undone(names []string) {
	var group sync.WaitGroup
	for _, name := range names {
		group.Add(1)
		go func() { fmt.Println(name) }()
	}
	group.Wait() // want `^wgdone`
}

func waited(names []string) {
	var group, other sync.WaitGroup
	for _, name := range names {
		group.Add(1)
		go func() {
			defer group.Done()
			fmt.Println(name)
		}()
		other.Add(1)
		go helper(&other)
	}
	group.Wait()
	other.Wait()
}

func helper(group *sync.WaitGroup) { defer group.Done() }
