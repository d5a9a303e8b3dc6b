package main

import (
	"fmt"
	"strings"
)

// tested tells whether the program holds anything that needs the testing package.
func (request *Request) tested() bool {
	return len(request.Tests)+len(request.Benchmarks)+len(request.Fuzzes) > 0
}

// benchCases are the generated main's cases that measure: one times, another one takes profiles.
const benchCases = "\tcase 'b':\n\t\ttimed()\n\tcase 'p':\n\t\tprofiled()\n"

const benchImports = `	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"
`

func benchTable(benchmarks []Test, aliases map[string]string) string {
	var b strings.Builder
	b.WriteString("\nvar marks = []func(*testing.B){\n")
	for _, one := range benchmarks {
		fmt.Fprintf(&b, "\t%s.%s,\n", aliases[testPath(one)], one.Name)
	}
	b.WriteString("}\n")
	return b.String()
}

// benchBody hands results over in the last line of the record alone: rows before it can be forged.
// What the benchmarks print is no result.
const benchBody = `
const (
	shortest = 2 * time.Millisecond
	longest  = 50 * time.Millisecond
	// perSecond is as often as the kernel's own clock lets a profile look.
	perSecond = 250
	mostOps   = 1000
)

// share gives each benchmark its part of the milliseconds that our argument allows for all.
func share() time.Duration {
	all, _ := strconv.Atoi(os.Args[1])
	os.Args = []string{"test"}
	testing.Init()
	flag.CommandLine.Parse(nil)
	return min(longest, max(shortest, time.Duration(all)*time.Millisecond/time.Duration(len(marks))))
}

func measure(i int, howLong string) testing.BenchmarkResult {
	rec.Line("B " + strconv.Itoa(i))
	flag.Set("test.benchtime", howLong)
	result := testing.Benchmark(marks[i])
	rec.Line("D " + strconv.Itoa(i))
	return result
}

func timed() {
	each := share()
	rows := []string{}
	for i := range marks {
		r := measure(i, each.String())
		rows = append(rows, fmt.Sprintf("%d:%d:%d:%d", r.N, r.T.Nanoseconds(), r.MemBytes, r.MemAllocs))
	}
	rec.End("timed " + strings.Join(rows, ","))
	os.Exit(0)
}

// profiled looks at the processor first, undisturbed, and then at everything else.
func profiled() {
	each := share()
	runtime.MemProfileRate = 0
	counts := make([]int, len(marks))
	into("cpu", func(file *os.File) {
		// The profile's own start asks for less, says so on standard error, and keeps this.
		runtime.SetCPUProfileRate(perSecond)
		pprof.StartCPUProfile(file)
		for i := range marks {
			r := measure(i, each.String())
			counts[i] = int(min(mostOps, max(1, int64(r.N)*int64(shortest)/max(1, r.T.Nanoseconds()))))
		}
		pprof.StopCPUProfile()
	})
	runtime.MemProfileRate = 1
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	ops := 0
	for i, count := range counts {
		ops += measure(i, strconv.Itoa(count)+"x").N
	}
	runtime.MemProfileRate = 0
	// A heap profile is of the last collection.
	runtime.GC()
	for name, kind := range map[string]string{"heap": "allocs", "mutex": "mutex", "block": "block"} {
		into(name, func(file *os.File) { pprof.Lookup(kind).WriteTo(file, 0) })
	}
	rec.End("profiled " + strconv.Itoa(ops))
	os.Exit(0)
}

func into(name string, write func(*os.File)) {
	file, err := os.Create("/work/gavel-" + name + ".pb.gz")
	if err != nil {
		return
	}
	write(file)
	file.Close()
}
`
