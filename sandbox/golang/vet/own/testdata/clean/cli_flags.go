package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func grep(in io.Reader, out io.Writer, pattern string, insensitive bool) (int, error) {
	if insensitive {
		pattern = strings.ToLower(pattern)
	}
	found := 0
	scanner := bufio.NewScanner(in)
	for number := 1; scanner.Scan(); number++ {
		line := scanner.Text()
		compared := line
		if insensitive {
			compared = strings.ToLower(line)
		}
		if strings.Contains(compared, pattern) {
			found++
			fmt.Fprintf(out, "%d:%s\n", number, line)
		}
	}
	return found, scanner.Err()
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("grep", flag.ContinueOnError)
	insensitive := flags.Bool("i", false, "ignore case")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		return errors.New("usage: grep [-i] PATTERN FILE")
	}
	file, err := os.Open(flags.Arg(1))
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = grep(file, out, flags.Arg(0), *insensitive)
	return err
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
