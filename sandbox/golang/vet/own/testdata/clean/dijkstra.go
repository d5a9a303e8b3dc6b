package main

import (
	"container/heap"
	"fmt"
	"math"
)

type edge struct{ to, weight int }

type item struct{ node, distance int }

type queue []item

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].distance < q[j].distance }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(item)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

func shortest(graph [][]edge, start int) []int {
	distances := make([]int, len(graph))
	for i := range distances {
		distances[i] = math.MaxInt
	}
	distances[start] = 0
	waiting := &queue{{start, 0}}
	for waiting.Len() > 0 {
		one := heap.Pop(waiting).(item)
		if one.distance > distances[one.node] {
			continue
		}
		for _, next := range graph[one.node] {
			if far := one.distance + next.weight; far < distances[next.to] {
				distances[next.to] = far
				heap.Push(waiting, item{next.to, far})
			}
		}
	}
	return distances
}

func main() {
	fmt.Println(shortest([][]edge{{{1, 4}, {2, 1}}, {}, {{1, 2}}}, 0))
}
