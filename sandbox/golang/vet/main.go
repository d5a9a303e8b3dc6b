// Command gavelvet analyses the packages of one snippet in one process: the suites of vet, staticcheck,
// modernize and gosec on one parse and one type check. It starts no command, reads no network, and keeps
// nothing: a JSON request comes on standard input, a JSON report goes to standard output.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := start(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gavelvet:", err)
		os.Exit(1)
	}
}

// start takes no argument to analyse, "rules" to list what it may say, "facts" to learn about a library.
func start(args []string, in io.Reader, out io.Writer) error {
	switch {
	case len(args) == 0:
		request := &Request{}
		if err := json.NewDecoder(in).Decode(request); err != nil {
			return err
		}
		report, err := analyse(request)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(report)
	case len(args) == 1 && args[0] == "rules":
		return json.NewEncoder(out).Encode(ruleNames())
	case len(args) == 3 && args[0] == "facts":
		return learn(in, args[1], args[2])
	}
	return fmt.Errorf("unknown arguments %q", args)
}
