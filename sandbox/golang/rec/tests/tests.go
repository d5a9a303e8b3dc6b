// Package tests runs tests and examples so that each one's end is told by us.
package tests

import (
	rec "0rec"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/internal/testdeps"
	"time"
)

// Case is a test, or an example with what it has to print.
type Case struct {
	Name      string
	Test      func(*testing.T)
	Example   func()
	Output    string
	Unordered bool
}

var states []byte

// wrap reports a test by a cleanup that was registered first and so runs last. finished is
// needed since t.Failed is still false while a panic unwinds.
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

func example(one Case) func(*testing.T) {
	inner := testing.InternalExample{Name: one.Name, F: one.Example, Output: one.Output, Unordered: one.Unordered}
	return func(t *testing.T) {
		match := func(string, string) (bool, error) { return true, nil }
		if !testing.RunExamples(match, []testing.InternalExample{inner}) {
			t.Error("output differs from the Output comment")
		}
	}
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

// Run runs all tests and ends the process; leak, where given, looks for goroutines that are left.
func Run(leak func(), cases ...Case) {
	shuffle := "off"
	if len(os.Args) > 1 {
		shuffle = os.Args[1]
	}
	os.Args = []string{"test", "-test.v=true", "-test.timeout=0", "-test.paniconexit0=true", "-test.shuffle=" + shuffle}
	states = []byte(strings.Repeat("N", len(cases)))
	table := make([]testing.InternalTest, len(cases))
	for i, one := range cases {
		f := one.Test
		if one.Example != nil {
			f = example(one)
		}
		table[i] = testing.InternalTest{Name: one.Name, F: wrap(i, f)}
	}
	m := testing.MainStart(testdeps.TestDeps{}, table, nil, nil, nil)
	flag.CommandLine.Parse(os.Args[1:])
	for name, value := range map[string]string{"test.run": "", "test.skip": "", "test.list": "", "test.count": "1"} {
		flag.Set(name, value)
	}
	code := m.Run()
	if leak != nil {
		leak()
	}
	rec.End(fmt.Sprintf("tests %d %s %s", code, states, canaries()))
	os.Exit(code)
}
