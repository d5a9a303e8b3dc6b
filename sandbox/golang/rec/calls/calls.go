// Package calls calls functions of a snippet, catches panics and writes results down; what they should
// be is known outside only.
package calls

import (
	rec "0rec"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

var (
	skipped = map[int]bool{}
	kept    []interface{}
)

// Prepare takes the numbers that an earlier process has done or died of.
func Prepare() {
	if len(os.Args) > 1 {
		for _, number := range strings.Split(os.Args[1], ",") {
			if i, err := strconv.Atoi(number); err == nil {
				skipped[i] = true
			}
		}
	}
	os.Args = []string{"program"}
	debug.SetMaxStack(32 << 20)
	rec.Line("M")
}

// Skipped tells whether an earlier process has done a call or died of it.
func Skipped(i int) bool { return skipped[i] }

// Settle gives goroutines that are about to end the time for it, and looks for those that can't.
func Settle(leak func()) {
	for range 60 {
		if runtime.NumGoroutine() == 1 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if leak != nil {
		leak()
	}
	runtime.KeepAlive(kept)
}

// Finish ends the record and the process.
func Finish(what string) {
	rec.End(what)
	os.Exit(0)
}

// Keep holds values until the end, so that what they refer to is not taken for lost.
func Keep(values ...interface{}) { kept = append(kept, values...) }

// Call runs one case and writes its results down.
func Call(i int, f func(put func(int, ...interface{}))) {
	Try(i, false, func() {
		f(func(step int, values ...interface{}) {
			Keep(values...)
			if step >= 0 {
				rec.Line("R " + strconv.Itoa(i) + " " + strconv.Itoa(step) + " " + encoded(values))
			}
		})
	})
}

// Try runs one call and notes a panic; a call that was done before is left out, or repeated in silence.
func Try(i int, again bool, f func()) {
	if skipped[i] && !again {
		return
	}
	if !skipped[i] {
		rec.Line("B " + strconv.Itoa(i))
		defer rec.Line("D " + strconv.Itoa(i))
	}
	defer caught(i)
	f()
}

func caught(i int) {
	r := recover()
	if r == nil {
		return
	}
	if !skipped[i] {
		kind, text := Panicked(r)
		rec.Line("P " + strconv.Itoa(i) + " " + kind + " " + Quoted(text) + " " + Quoted(string(debug.Stack())))
	}
}

// Panicked gives the kind of a recovered value, r for the runtime's own, and its text.
func Panicked(r interface{}) (kind, text string) {
	switch r := r.(type) {
	case runtime.Error:
		return "r", r.Error()
	case error:
		return "o", r.Error()
	case string:
		return "o", r
	}
	return "o", "a value of type " + reflect.TypeOf(r).String()
}

// Together calls each function several times from several goroutines.
func Together(calls ...func()) {
	done := make(chan bool)
	total := 0
	for range 2 {
		for _, f := range calls {
			total++
			go func() {
				defer func() { recover(); done <- true }()
				for range 4 {
					f()
				}
			}()
		}
	}
	limit := time.After(time.Second)
	for range total {
		select {
		case <-done:
		case <-limit:
			return
		}
	}
}
