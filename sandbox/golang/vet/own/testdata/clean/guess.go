package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
)

func main() {
	secret := rand.IntN(100) + 1
	in := bufio.NewScanner(os.Stdin)
	for tries := 1; ; tries++ {
		fmt.Print("guess: ")
		if !in.Scan() {
			return
		}
		guess, err := strconv.Atoi(strings.TrimSpace(in.Text()))
		if err != nil {
			fmt.Println("a number, please")
			continue
		}
		switch {
		case guess < secret:
			fmt.Println("more")
		case guess > secret:
			fmt.Println("less")
		default:
			fmt.Println("found after", tries)
			return
		}
	}
}
