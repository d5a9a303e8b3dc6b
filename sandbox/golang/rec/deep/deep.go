// Package deep measures over sizes, and tries values by chance. The generator's seed is fixed.
package deep

import (
	rec "0rec"
	"0rec/calls"
	"0rec/chance"
	"math"
	"math/rand"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"
)

var (
	started = time.Now()
	allowed time.Duration
)

const (
	slow    = 3 * time.Millisecond
	slowest = 25 * time.Millisecond
	// enough is when four sizes must do: others wait for their turn.
	enough   = time.Millisecond
	mostRuns = 2000
)

// Limited takes the milliseconds that our second argument allows for everything.
func Limited() {
	all, _ := strconv.Atoi(os.Args[2])
	allowed = time.Duration(all) * time.Millisecond
	calls.Prepare()
}

func over() bool { return time.Since(started) > allowed }

// Grow measures one function at several sizes, as long as it is quick enough.
func Grow(i int, input func(int) func()) {
	if over() {
		return
	}
	calls.Try(i, false, func() {
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
	input             []interface{}
	kind, text, stack string
}

// Trial calls one function with values that are ever less plain, and tells of the plainest that made it panic.
func Trial(i int, seed []interface{}, f func([]interface{})) {
	if over() || calls.Skipped(i) {
		return
	}
	rec.Line("B " + strconv.Itoa(i))
	defer rec.Line("D " + strconv.Itoa(i))
	dice := rand.New(rand.NewSource(1))
	pool := [][]interface{}{seed}
	var best *finding
	until := time.Now().Add(allowed / 4)
	for run := range mostRuns {
		if time.Now().After(until) || over() {
			break
		}
		input := varied(dice, pool[dice.Intn(len(pool))], run)
		chance.Leave(input)
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
		rec.Line("X " + strconv.Itoa(i) + " " + calls.Quoted(chance.Described(best.input)))
		rec.Line("P " + strconv.Itoa(i) + " " + best.kind + " " + calls.Quoted(best.text) + " " + calls.Quoted(best.stack))
	}
}

func attempt(f func([]interface{}), input []interface{}) (found *finding) {
	defer func() {
		if r := recover(); r != nil {
			kind, text := calls.Panicked(r)
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

func varied(dice *rand.Rand, input []interface{}, run int) []interface{} {
	made := append([]interface{}{}, input...)
	if run == 0 {
		return made
	}
	for i, one := range made {
		if len(made) > 1 && dice.Intn(2) == 0 {
			continue
		}
		switch one := one.(type) {
		case string, []byte:
			if run <= len(chance.Texts) {
				made[i] = like(one, chance.Texts[run-1])
			} else {
				made[i] = like(one, chance.Mutated(dice, textOf(one)))
			}
		case int:
			// Small ones: a caller who asks for very much must wait.
			made[i] = dice.Intn(36) - 3
		case bool:
			made[i] = !one
		}
	}
	return made
}
