package main

import (
	"fmt"
	"strings"
)

// exerciseCases are the generated main's cases for what can be called without tests.
func exerciseCases(hooks []Hook, aliases map[string]string) string {
	var calls, entries, edges, crowds strings.Builder
	for _, hook := range hooks {
		name := aliases[hook.Path]
		if hook.Calls {
			fmt.Fprintf(&calls, "\t\t\t%s.GavelCall(i, put)\n", name)
		}
		if hook.Entries {
			fmt.Fprintf(&entries, "\t\t%s.GavelEntries(try, keep)\n", name)
			fmt.Fprintf(&edges, "\t\t%s.GavelEdges(try, keep)\n", name)
		}
		if hook.Crowds {
			fmt.Fprintf(&crowds, "\t\t%s.GavelCrowds(try, keep, together)\n", name)
		}
	}
	return fmt.Sprintf("\tcase 'c':\n\t\tprepare()\n\t\tfor i := range calls {\n\t\t\tcall(i, func(put func(int, ...interface{})) {\n%s\t\t\t})\n\t\t}\n\t\tsettle()\n\t\tfinish(\"calls\")\n"+
		"\tcase 'e':\n\t\tprepare()\n%s\t\tsettle()\n%s\t\tfinish(\"entries\")\n\tcase 'k':\n\t\tprepare()\n%s\t\tfinish(\"crowds\")\n",
		&calls, &entries, &edges, &crowds)
}

const exerciseImports = `	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
`

// exerciseBody calls, catches panics and writes results down; what they should be is known outside only.
const exerciseBody = `
var (
	skipped = map[int]bool{}
	kept    []interface{}
)

// prepare takes the numbers that an earlier process has done or died of.
func prepare() {
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

// settle gives goroutines that are about to end the time for it, and looks for those that can't.
func settle() {
	for range 60 {
		if runtime.NumGoroutine() == 1 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	leak()
	runtime.KeepAlive(kept)
}

func finish(what string) {
	rec.End(what)
	os.Exit(0)
}

func keep(values ...interface{}) { kept = append(kept, values...) }

func call(i int, f func(put func(int, ...interface{}))) {
	try(i, false, func() {
		f(func(step int, values ...interface{}) {
			keep(values...)
			if step >= 0 {
				rec.Line("R " + strconv.Itoa(i) + " " + strconv.Itoa(step) + " " + encoded(values))
			}
		})
	})
}

func try(i int, again bool, f func()) {
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
		kind, text := panicked(r)
		rec.Line("P " + strconv.Itoa(i) + " " + kind + " " + quoted(text) + " " + quoted(string(debug.Stack())))
	}
}

func panicked(r interface{}) (kind, text string) {
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

// together calls each function several times from several goroutines.
func together(calls ...func()) {
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
` + encodeBody
