package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const mainHook = "GavelMain"

// hookFile lets the generated main call the snippet's own.
func hookFile(pkg string) string {
	return "package " + pkg + "\n\n// " + mainHook + " runs main.\nfunc " + mainHook + "() { main() }\n"
}

// program writes the generated main package: one binary for main and for the tests.
func program(request *Request, mainPath string) string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\trec \"0rec\"\n")
	aliases := map[string]string{}
	alias := func(path string) string {
		if aliases[path] == "" {
			aliases[path] = fmt.Sprintf("p%d", len(aliases))
			fmt.Fprintf(&b, "\t%s %q\n", aliases[path], path)
		}
		return aliases[path]
	}
	if mainPath != "" {
		alias(mainPath)
	}
	for _, test := range slices.Concat(request.Tests, request.Benchmarks, request.Fuzzes) {
		alias(testPath(test))
	}
	for _, hook := range request.Hooks {
		alias(hook.Path)
	}
	b.WriteString(standardImports(request))
	b.WriteString(")\n\nfunc main() {\n\tswitch rec.Mode() {\n")
	if mainPath != "" {
		fmt.Fprintf(&b, "\tcase 'm':\n\t\trec.Line(\"M\")\n\t\t%s.%s()\n\t\tleak()\n\t\trec.End(\"main\")\n", aliases[mainPath], mainHook)
	}
	if len(request.Tests) > 0 {
		b.WriteString("\tcase 't':\n\t\ttests()\n")
	}
	if len(request.Benchmarks) > 0 {
		b.WriteString(benchCases)
	}
	if len(request.Fuzzes) > 0 {
		b.WriteString(fuzzCase)
	}
	if len(request.Hooks) > 0 {
		b.WriteString(exerciseCases(request.Hooks, aliases))
		b.WriteString(deepCases(request.Hooks, aliases))
	}
	b.WriteString("\t}\n}\n\n")
	b.WriteString(leakFunc(request.Leak))
	if len(request.Tests) > 0 {
		b.WriteString(testTable(request.Tests, aliases))
		b.WriteString(testBody)
	}
	if len(request.Benchmarks) > 0 {
		b.WriteString(benchTable(request.Benchmarks, aliases))
		b.WriteString(benchBody)
	}
	if len(request.Hooks) > 0 {
		fmt.Fprintf(&b, "\nconst calls = %d\n", request.CallCount)
		b.WriteString(exerciseBody)
	}
	if request.deepens() {
		b.WriteString(deepBody)
	}
	if len(request.Fuzzes) > 0 {
		b.WriteString(fuzzTable(request.Fuzzes, aliases))
		b.WriteString(fuzzBody)
	}
	if request.deepens() || len(request.Fuzzes) > 0 {
		b.WriteString(chanceBody)
	}
	return b.String()
}

// standardImports are what the parts of the generated main use, each once.
func standardImports(request *Request) string {
	wanted := map[string]bool{}
	for _, part := range []struct {
		used bool
		text string
	}{{request.Leak, leakImports}, {len(request.Tests) > 0, testImports}, {len(request.Benchmarks) > 0, benchImports}, {len(request.Hooks) > 0, exerciseImports}, {request.deepens(), deepImports},
		{len(request.Fuzzes) > 0, fuzzImports}, {request.deepens() || len(request.Fuzzes) > 0, chanceImports}} {
		for _, line := range strings.Split(part.text, "\n") {
			if part.used && line != "" {
				wanted[line] = true
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(wanted)), "\n") + "\n"
}

func testPath(test Test) string {
	if test.External {
		return test.Path + "_test"
	}
	return test.Path
}

func leakFunc(wanted bool) string {
	if !wanted {
		return "func leak() {}\n"
	}
	return `func leak() {
	var text bytes.Buffer
	if profile := pprof.Lookup("goroutineleak"); profile != nil && profile.WriteTo(&text, 2) == nil {
		rec.Line("L " + strconv.Quote(text.String()))
	}
}
`
}

const leakImports = `	"bytes"
	"runtime/pprof"
	"strconv"
`

const testImports = `	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/internal/testdeps"
	"time"
`

func testTable(tests []Test, aliases map[string]string) string {
	var b strings.Builder
	b.WriteString("\nvar table = []testing.InternalTest{\n")
	for i, test := range tests {
		name := aliases[testPath(test)] + "." + test.Name
		if test.Kind == "example" {
			fmt.Fprintf(&b, "\t{%q, example(%d, testing.InternalExample{Name: %q, F: %s, Output: %q, Unordered: %v})},\n",
				test.Name, i, test.Name, name, test.Output, test.Order)
			continue
		}
		fmt.Fprintf(&b, "\t{%q, wrap(%d, %s)},\n", test.Name, i, name)
	}
	b.WriteString("}\n")
	return b.String()
}

// testBody reports each test by a cleanup that was registered first and so runs last. finished is
// needed since t.Failed is still false while a panic unwinds.
const testBody = `
var states []byte

func wrap(i int, f func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		finished, start := false, time.Now()
		rec.Line(fmt.Sprintf("B %d", i))
		states[i] = 'F'
		t.Cleanup(func() {
			status := "F"
			switch {
			case t.Failed():
			case t.Skipped():
				status = "S"
			case finished:
				status = "P"
			}
			states[i] = status[0]
			rec.Line(fmt.Sprintf("F %d %s %d", i, status, time.Since(start).Nanoseconds()))
		})
		f(t)
		finished = true
	}
}

func example(i int, one testing.InternalExample) func(*testing.T) {
	return wrap(i, func(t *testing.T) {
		match := func(string, string) (bool, error) { return true, nil }
		if !testing.RunExamples(match, []testing.InternalExample{one}) {
			t.Error("output differs from the Output comment")
		}
	})
}

// canaries fail as the nonce says; a testing package that was tampered with can't get them right.
func canaries() string {
	match := func(string, string) (bool, error) { return true, nil }
	null, _ := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	keep := os.Stdout
	os.Stdout = null
	seen := []byte{}
	for i := range rec.Canaries {
		fails := []func(*testing.T){(*testing.T).Fail, (*testing.T).FailNow, func(t *testing.T) { t.Error("canary") }}
		one := testing.InternalTest{Name: "TestCanary", F: func(t *testing.T) {
			if rec.Canary(i) {
				fails[i%len(fails)](t)
			}
		}}
		if testing.RunTests(match, []testing.InternalTest{one}) {
			seen = append(seen, 'P')
		} else {
			seen = append(seen, 'F')
		}
	}
	os.Stdout = keep
	return string(seen)
}

func tests() {
	shuffle := "off"
	if len(os.Args) > 1 {
		shuffle = os.Args[1]
	}
	os.Args = []string{"test", "-test.v=true", "-test.timeout=0", "-test.paniconexit0=true", "-test.shuffle=" + shuffle}
	states = []byte(strings.Repeat("N", len(table)))
	m := testing.MainStart(testdeps.TestDeps{}, table, nil, nil, nil)
	flag.CommandLine.Parse(os.Args[1:])
	for name, value := range map[string]string{"test.run": "", "test.skip": "", "test.list": "", "test.count": "1"} {
		flag.Set(name, value)
	}
	code := m.Run()
	leak()
	rec.End(fmt.Sprintf("tests %d %s %s", code, states, canaries()))
	os.Exit(code)
}
`
