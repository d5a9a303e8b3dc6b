// Package fuzz runs a fuzz function as the testing package does, first on its own seeds and then as a
// worker that takes orders: these come from here instead of another process.
package fuzz

import (
	rec "0rec"
	"0rec/chance"
	"flag"
	"math/rand"
	"os"
	"reflect"
	"strconv"
	"testing"
	"testing/internal/testdeps"
	"time"
)

// Target is a fuzz function.
type Target struct {
	Name string
	Fuzz func(*testing.F)
}

type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

// hunter stands between the testing package and the fuzz function.
type hunter struct {
	testdeps.TestDeps
	seeds [][]any
	types []reflect.Type
	until time.Time
}

func (h *hunter) CheckCorpus(values []any, types []reflect.Type) error {
	h.seeds = append(h.seeds, values)
	return h.TestDeps.CheckCorpus(values, types)
}

func (h *hunter) ReadCorpus(_ string, types []reflect.Type) ([]corpusEntry, error) {
	h.types = types
	return nil, nil
}

func (h *hunter) ResetCoverage()    {}
func (h *hunter) SnapshotCoverage() {}

func (h *hunter) RunFuzzWorker(run func(corpusEntry) error) error {
	dice := rand.New(rand.NewSource(1))
	pool := h.seeds
	if len(pool) == 0 {
		pool = [][]any{h.zero()}
	}
	for round := 0; round < mostRounds && time.Now().Before(h.until); round++ {
		values := h.turned(dice, pool[dice.Intn(len(pool))])
		chance.Leave(values)
		if err := run(corpusEntry{Values: values}); err != nil {
			rec.Line("X 0 " + strconv.Quote(chance.Described(values)))
			rec.Line("E 0 " + strconv.Quote(err.Error()))
			return nil
		}
		if len(pool) < 256 {
			pool = append(pool, values)
		}
	}
	return nil
}

const mostRounds = 20000

func (h *hunter) zero() []any {
	values := []any{}
	for _, t := range h.types {
		values = append(values, reflect.Zero(t).Interface())
	}
	return values
}

func (h *hunter) turned(dice *rand.Rand, values []any) []any {
	made := append([]any{}, values...)
	for i, one := range made {
		if len(made) > 1 && dice.Intn(2) == 0 {
			continue
		}
		v := reflect.New(reflect.TypeOf(one)).Elem()
		switch v.Kind() {
		case reflect.String:
			v.SetString(chance.Mutated(dice, one.(string)))
		case reflect.Slice:
			v.SetBytes([]byte(chance.Mutated(dice, string(one.([]byte)))))
		case reflect.Bool:
			v.SetBool(dice.Intn(2) == 0)
		case reflect.Float32, reflect.Float64:
			v.SetFloat(reflect.ValueOf(one).Float() + dice.NormFloat64()*float64(dice.Intn(1000)))
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			v.SetInt(number(dice, reflect.ValueOf(one).Int()))
		default:
			v.SetUint(uint64(number(dice, int64(reflect.ValueOf(one).Uint()))))
		}
		made[i] = v.Interface()
	}
	return made
}

func number(dice *rand.Rand, old int64) int64 {
	choices := []int64{0, 1, -1, old + 1, old - 1, -old, old * 2, dice.Int63n(1000), 127, 128, 255, 256, 1 << 31, -1 << 63}
	return choices[dice.Intn(len(choices))]
}

// Run takes one of the targets, by the number in our first argument, and ends the process.
func Run(targets ...Target) {
	at, _ := strconv.Atoi(os.Args[1])
	all, _ := strconv.Atoi(os.Args[2])
	os.Args = []string{"test", "-test.timeout=0", "-test.paniconexit0=true", "-test.fuzzcachedir=/tmp/none"}
	h := &hunter{until: time.Now().Add(time.Duration(all) * time.Millisecond)}
	target := []testing.InternalFuzzTarget{{Name: targets[at].Name, Fn: targets[at].Fuzz}}
	rec.Line("B 0")
	seeds := testing.MainStart(h, nil, nil, target, nil)
	flag.CommandLine.Parse(os.Args[1:])
	code := seeds.Run()
	rec.Line("S " + strconv.Itoa(code))
	if code == 0 {
		flag.Set("test.fuzz", "^"+target[0].Name+"$")
		flag.Set("test.fuzzworker", "true")
		testing.MainStart(h, nil, nil, target, nil).Run()
	}
	rec.End("fuzzed")
	os.Exit(0)
}
