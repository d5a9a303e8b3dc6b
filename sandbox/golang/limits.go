package main

import "syscall"

// rlimitNPROC is RLIMIT_NPROC on linux; package syscall doesn't name it.
const rlimitNPROC = 6

// processLimits gives what sets our soft limit of processes back to its first value, which a
// program started then inherits, and what raises it to the hard one for ourselves: program and
// helper are counted together, and a program that starts all it may must not end its helper.
func processLimits() (lower, raise func()) {
	var first syscall.Rlimit
	if err := syscall.Getrlimit(rlimitNPROC, &first); err != nil || first.Cur == first.Max {
		return func() {}, func() {}
	}
	set := func(soft uint64) func() {
		return func() { syscall.Setrlimit(rlimitNPROC, &syscall.Rlimit{Cur: soft, Max: first.Max}) }
	}
	return set(first.Cur), set(first.Max)
}
