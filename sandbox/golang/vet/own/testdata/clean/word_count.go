package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
)

func count(in io.Reader) (map[string]int, error) {
	counts := map[string]int{}
	scanner := bufio.NewScanner(in)
	scanner.Split(bufio.ScanWords)
	for scanner.Scan() {
		counts[strings.ToLower(scanner.Text())]++
	}
	return counts, scanner.Err()
}

func main() {
	counts, err := count(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	slices.Sort(words)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, word := range words {
		fmt.Fprintf(out, "%s\t%d\n", word, counts[word])
	}
}
