// Package bench measures benchmarks. It hands results over in the last line of the record alone: rows
// before it can be forged. What the benchmarks print is no result.
package bench

import (
	rec "0rec"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	shortest = 2 * time.Millisecond
	longest  = 50 * time.Millisecond
	// perSecond is as often as the kernel's own clock lets a profile look.
	perSecond = 250
	mostOps   = 1000
)

var marks []func(*testing.B)

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

// Timed measures how long each benchmark takes and how much memory it uses, and ends the process.
func Timed(benchmarks ...func(*testing.B)) {
	marks = benchmarks
	each := share()
	rows := []string{}
	for i := range marks {
		r := measure(i, each.String())
		rows = append(rows, fmt.Sprintf("%d:%d:%d:%d", r.N, r.T.Nanoseconds(), r.MemBytes, r.MemAllocs))
	}
	rec.End("timed " + strings.Join(rows, ","))
	os.Exit(0)
}

// Profiled looks at the processor first, undisturbed, and then at everything else; it ends the process.
func Profiled(benchmarks ...func(*testing.B)) {
	marks = benchmarks
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
