package main

import (
	"fmt"
	"slices"
	"strings"
)

const mainHook = "GavelMain"

// hookFile lets the generated main call the snippet's own.
func hookFile(pkg string) string {
	return "package " + pkg + "\n\n// " + mainHook + " runs main.\nfunc " + mainHook + "() { main() }\n"
}

// tested tells whether the program holds anything that needs the testing package.
func (request *Request) tested() bool {
	return len(request.Tests)+len(request.Benchmarks)+len(request.Fuzzes) > 0
}

// generated is a main package in the making: imports by path, and the cases of its switch.
type generated struct {
	aliases map[string]string
	imports strings.Builder
	cases   strings.Builder
}

// program writes the generated main package: one binary for main, tests and everything else. It holds
// tables alone; what they are given to was compiled once, with the recorder.
func program(request *Request, mainPath string) string {
	g := &generated{aliases: map[string]string{}}
	g.use("0rec")
	g.mains(request, mainPath)
	g.tests(request)
	g.benchmarks(request)
	g.fuzzes(request)
	g.hooks(request)
	return fmt.Sprintf("package main\n\nimport (\n%s)\n\nfunc main() {\n\tswitch %s.Mode() {\n%s\t}\n}\n", &g.imports, g.use("0rec"), &g.cases)
}

// use gives the name under which a package is imported.
func (g *generated) use(path string) string {
	if g.aliases[path] == "" {
		g.aliases[path] = fmt.Sprintf("p%d", len(g.aliases))
		fmt.Fprintf(&g.imports, "\t%s %q\n", g.aliases[path], path)
	}
	return g.aliases[path]
}

// begin opens the case of a mode; see the stages that ask for it.
func (g *generated) begin(mode byte) { fmt.Fprintf(&g.cases, "\tcase %q:\n", mode) }

func (g *generated) line(format string, args ...any) {
	fmt.Fprintf(&g.cases, "\t\t"+format+"\n", args...)
}

// leak gives the function that looks for goroutines that are left, or nil.
func (g *generated) leak(request *Request) string {
	if !request.Leak {
		return "nil"
	}
	return g.use("0rec/leak") + ".Write"
}

func (g *generated) mains(request *Request, mainPath string) {
	if mainPath == "" {
		return
	}
	rec := g.use("0rec")
	g.begin('m')
	g.line("%s.Line(\"M\")", rec)
	g.line("%s.%s()", g.use(mainPath), mainHook)
	if request.Leak {
		g.line("%s()", g.leak(request))
	}
	g.line("%s.End(\"main\")", rec)
}

func (g *generated) tests(request *Request) {
	if len(request.Tests) == 0 {
		return
	}
	tests := g.use("0rec/tests")
	g.begin('t')
	g.line("%s.Run(%s,", tests, g.leak(request))
	for _, one := range request.Tests {
		if one.Kind == "example" {
			g.line("\t%s.Case{Name: %q, Example: %s, Output: %q, Unordered: %v},", tests, one.Name, g.function(one), one.Output, one.Order)
		} else {
			g.line("\t%s.Case{Name: %q, Test: %s},", tests, one.Name, g.function(one))
		}
	}
	g.line(")")
}

func (g *generated) benchmarks(request *Request) {
	if len(request.Benchmarks) == 0 {
		return
	}
	names := []string{}
	for _, one := range request.Benchmarks {
		names = append(names, g.function(one))
	}
	// One run times and another one takes profiles.
	g.begin('b')
	g.line("%s.Timed(%s)", g.use("0rec/bench"), strings.Join(names, ", "))
	g.begin('p')
	g.line("%s.Profiled(%s)", g.use("0rec/bench"), strings.Join(names, ", "))
}

func (g *generated) fuzzes(request *Request) {
	if len(request.Fuzzes) == 0 {
		return
	}
	fuzz := g.use("0rec/fuzz")
	// Each fuzz function has a process of its own.
	g.begin('n')
	g.line("%s.Run(", fuzz)
	for _, one := range request.Fuzzes {
		g.line("\t%s.Target{Name: %q, Fuzz: %s},", fuzz, one.Name, g.function(one))
	}
	g.line(")")
}

// hooks writes the cases for what can be called without tests.
func (g *generated) hooks(request *Request) {
	if len(request.Hooks) == 0 {
		return
	}
	calls, leak := g.use("0rec/calls"), g.leak(request)
	each := func(wanted func(Hook) bool, format string, args ...any) {
		for _, hook := range request.Hooks {
			if wanted(hook) {
				g.line("%s."+format, append([]any{g.use(hook.Path)}, args...)...)
			}
		}
	}
	g.begin('c')
	g.line("%s.Prepare()", calls)
	g.line("for i := range %d {", request.CallCount)
	g.line("\t%s.Call(i, func(put func(int, ...any)) {", calls)
	each(func(one Hook) bool { return one.Calls }, "GavelCall(i, put)")
	g.line("\t})")
	g.line("}")
	g.line("%s.Settle(%s)", calls, leak)
	g.line("%s.Finish(\"calls\")", calls)
	g.begin('e')
	g.line("%s.Prepare()", calls)
	each(func(one Hook) bool { return one.Entries }, "GavelEntries(%[2]s.Try, %[2]s.Keep)", calls)
	g.line("%s.Settle(%s)", calls, leak)
	each(func(one Hook) bool { return one.Entries }, "GavelEdges(%[2]s.Try, %[2]s.Keep)", calls)
	g.line("%s.Finish(\"entries\")", calls)
	g.begin('k')
	g.line("%s.Prepare()", calls)
	each(func(one Hook) bool { return one.Crowds }, "GavelCrowds(%[2]s.Try, %[2]s.Keep, %[2]s.Together)", calls)
	g.line("%s.Finish(\"crowds\")", calls)
	if !slices.ContainsFunc(request.Hooks, deepens) {
		return
	}
	// The second pass: growth over sizes, and trials by chance.
	deep := g.use("0rec/deep")
	g.begin('g')
	g.line("%s.Limited()", deep)
	each(deepens, "GavelGrow(%s.Grow, %s.Keep)", deep, calls)
	g.line("%s.Finish(\"growth\")", calls)
	g.begin('f')
	g.line("%s.Limited()", deep)
	each(deepens, "GavelTry(%s.Trial)", deep)
	g.line("%s.Finish(\"trials\")", calls)
}

func deepens(one Hook) bool { return one.Deep }

// function names the function of a test from within the generated main.
func (g *generated) function(test Test) string {
	path := test.Path
	if test.External {
		path += "_test"
	}
	return g.use(path) + "." + test.Name
}
