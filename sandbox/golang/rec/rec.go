// Package rec runs before every init of a snippet: it takes the nonce away, opens the crash
// channel and carries the results of tests. Compiled with -std under the import path 0rec, which
// the linker starts first; snippets can neither import nor linkname it.
package rec

import (
	"internal/goarch"
	"internal/runtime/syscall/linux"
	"unsafe"
)

const (
	crashFD  = 197
	nonceFD  = 198
	recordFD = 199

	// The runtime's own table lacks write: amd64 has 1, arm64 has 64.
	sysWrite = 1*goarch.IsAmd64 + 64*goarch.IsArm64

	fdCloexec = 1
	setFD     = 2
)

var (
	nonce [32]byte
	mode  byte
)

//go:linkname setCrashFD runtime.setCrashFD
func setCrashFD(fd uintptr) uintptr

func init() {
	var buf [33]byte
	linux.Syscall6(linux.SYS_READ, nonceFD, uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), 0, 0, 0)
	linux.Syscall6(linux.SYS_CLOSE, nonceFD, 0, 0, 0, 0, 0)
	copy(nonce[:], buf[:32])
	mode = buf[32]
	linux.Syscall6(linux.SYS_FCNTL, crashFD, setFD, fdCloexec, 0, 0, 0)
	linux.Syscall6(linux.SYS_FCNTL, recordFD, setFD, fdCloexec, 0, 0, 0)
	setCrashFD(crashFD)
}

// Mode tells what this process is for: 'm' runs main, 't' runs the tests.
func Mode() byte { return mode }

// Line writes one record; a raw write, since the snippet may have replaced every Go-level writer.
func Line(text string) {
	data := []byte(text + "\n")
	for len(data) > 0 {
		n, _, errno := linux.Syscall6(sysWrite, recordFD,
			uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)), 0, 0, 0)
		if errno != 0 || n == 0 {
			return
		}
		data = data[n:]
	}
}

// Canaries is how many tests are run only to see that the testing package is whole.
const Canaries = 6

// Canary tells whether a canary has to fail; at least one does and at least one does not.
func Canary(i int) bool { return (1+(digit(nonce[0])*16+digit(nonce[1]))%62)>>i&1 == 1 }

func digit(sign byte) int {
	if sign >= 'a' {
		return int(sign-'a') + 10
	}
	return int(sign - '0')
}

// End writes the trailer that only code which knows the nonce can write.
func End(what string) { Line("Z " + what + " " + string(nonce[:])) }
