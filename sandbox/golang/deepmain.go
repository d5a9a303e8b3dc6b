package main

import (
	"fmt"
	"slices"
	"strings"
)

// deepens tells whether anything of the second pass is in the program.
func (request *Request) deepens() bool {
	return slices.ContainsFunc(request.Hooks, func(one Hook) bool { return one.Deep })
}

// deepCases are the generated main's cases of the second pass.
func deepCases(hooks []Hook, aliases map[string]string) string {
	var grow, try strings.Builder
	for _, hook := range hooks {
		if hook.Deep {
			fmt.Fprintf(&grow, "\t\t%s.GavelGrow(grow, keep)\n", aliases[hook.Path])
			fmt.Fprintf(&try, "\t\t%s.GavelTry(trial)\n", aliases[hook.Path])
		}
	}
	if grow.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("\tcase 'g':\n\t\tlimited()\n%s\t\tfinish(\"growth\")\n\tcase 'f':\n\t\tlimited()\n%s\t\tfinish(\"trials\")\n", &grow, &try)
}

const deepImports = `	"math"
	"math/rand"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"
`

// deepBody measures over sizes, and tries values by chance. The generator's seed is fixed.
const deepBody = `
var (
	started = time.Now()
	allowed time.Duration
)

const (
	slow     = 3 * time.Millisecond
	slowest  = 25 * time.Millisecond
	// enough is when four sizes must do: others wait for their turn.
	enough   = time.Millisecond
	mostRuns = 2000
)

// limited takes the milliseconds that our second argument allows for everything.
func limited() {
	all, _ := strconv.Atoi(os.Args[2])
	allowed = time.Duration(all) * time.Millisecond
	prepare()
}

func over() bool { return time.Since(started) > allowed }

// grow measures one function at several sizes, as long as it is quick enough.
func grow(i int, input func(int) func()) {
	if over() {
		return
	}
	try(i, false, func() {
		// Step by step at first: what grows faster than any power would never come back.
		for n := 1; n <= 64; n += 1 + n/16 {
			start := time.Now()
			if input(n)(); time.Since(start) > slow {
				return
			}
		}
		for n := 16; n <= 4096 && !over(); n *= 4 {
			bytes, allocs, took := cost(input, n)
			rec.Line("G " + strconv.Itoa(i) + " " + strconv.Itoa(n) + " " + strconv.FormatUint(bytes, 10) +
				" " + strconv.FormatUint(allocs, 10) + " " + strconv.FormatInt(int64(took), 10))
			if took > slowest || took > enough && n >= 1024 {
				return
			}
		}
	})
}

// cost gives the least of three calls, each with an input of its own.
func cost(input func(int) func(), n int) (bytes, allocs uint64, took time.Duration) {
	bytes, allocs, took = math.MaxUint64, math.MaxUint64, math.MaxInt64
	var before, after runtime.MemStats
	for range 3 {
		call := input(n)
		runtime.ReadMemStats(&before)
		start := time.Now()
		call()
		took = min(took, time.Since(start))
		runtime.ReadMemStats(&after)
		bytes, allocs = min(bytes, after.TotalAlloc-before.TotalAlloc), min(allocs, after.Mallocs-before.Mallocs)
	}
	if took > 50*time.Microsecond {
		return bytes, allocs, took
	}
	// The clock itself would count: many at once.
	calls := make([]func(), 32)
	for range 3 {
		for j := range calls {
			calls[j] = input(n)
		}
		start := time.Now()
		for _, call := range calls {
			call()
		}
		took = min(took, time.Since(start)/time.Duration(len(calls)))
	}
	return bytes, allocs, took
}

type finding struct {
	input       []interface{}
	kind, text, stack string
}

// trial calls one function with values that are ever less plain, and tells of the plainest that made it panic.
func trial(i int, seed []interface{}, f func([]interface{})) {
	if over() || skipped[i] {
		return
	}
	rec.Line("B " + strconv.Itoa(i))
	defer rec.Line("D " + strconv.Itoa(i))
	chance := rand.New(rand.NewSource(1))
	pool := [][]interface{}{seed}
	var best *finding
	until := time.Now().Add(allowed / 4)
	for run := range mostRuns {
		if time.Now().After(until) || over() {
			break
		}
		input := varied(chance, pool[chance.Intn(len(pool))], run)
		leave(input)
		found := attempt(f, input)
		if found == nil && len(pool) < 64 {
			pool = append(pool, input)
		}
		if found != nil && (best == nil || blank(best.input)) {
			best = found
			if !blank(input) {
				break
			}
		}
	}
	if best != nil {
		best = shorter(f, best)
		rec.Line("X " + strconv.Itoa(i) + " " + quoted(described(best.input)))
		rec.Line("P " + strconv.Itoa(i) + " " + best.kind + " " + quoted(best.text) + " " + quoted(best.stack))
	}
}

func attempt(f func([]interface{}), input []interface{}) (found *finding) {
	defer func() {
		if r := recover(); r != nil {
			kind, text := panicked(r)
			found = &finding{input: input, kind: kind, text: text, stack: string(debug.Stack())}
		}
	}()
	given := make([]interface{}, len(input))
	for i, one := range input {
		if data, ok := one.([]byte); ok {
			one = append([]byte{}, data...)
		}
		given[i] = one
	}
	f(given)
	return nil
}

// shorter takes parts of the texts away as long as the same panic comes and something is left.
func shorter(f func([]interface{}), best *finding) *finding {
	for round := 0; round < 400; round++ {
		smaller := (*finding)(nil)
		for i := range best.input {
			size := len(textOf(best.input[i]))
			for part := size / 2; part > 0 && smaller == nil; part /= 2 {
				for at := 0; at+part <= size && smaller == nil && round < 400; at += part {
					round++
					text := textOf(best.input[i])
					input := append([]interface{}{}, best.input...)
					input[i] = like(input[i], text[:at]+text[at+part:])
					if blank(input) {
						continue
					}
					if found := attempt(f, input); found != nil && found.text == best.text {
						smaller = found
					}
				}
			}
		}
		if smaller == nil {
			break
		}
		best = smaller
	}
	return best
}

// blank tells that all texts are empty: a caller may be expected to see to that.
func blank(input []interface{}) bool {
	some := false
	for _, one := range input {
		switch one := one.(type) {
		case string:
			if some = true; one != "" {
				return false
			}
		case []byte:
			if some = true; len(one) > 0 {
				return false
			}
		}
	}
	return some
}

func textOf(value interface{}) string {
	switch value := value.(type) {
	case string:
		return value
	case []byte:
		return string(value)
	}
	return ""
}

func like(value interface{}, text string) interface{} {
	if _, ok := value.([]byte); ok {
		return []byte(text)
	}
	return text
}

func varied(chance *rand.Rand, input []interface{}, run int) []interface{} {
	made := append([]interface{}{}, input...)
	if run == 0 {
		return made
	}
	for i, one := range made {
		if len(made) > 1 && chance.Intn(2) == 0 {
			continue
		}
		switch one := one.(type) {
		case string, []byte:
			if run <= len(texts) {
				made[i] = like(one, texts[run-1])
			} else {
				made[i] = like(one, mutated(chance, textOf(one)))
			}
		case int:
			// Small ones: a caller who asks for very much must wait.
			made[i] = chance.Intn(36) - 3
		case bool:
			made[i] = !one
		}
	}
	return made
}
`
