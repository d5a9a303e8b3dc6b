package main

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"
)

// System calls and flags of Landlock have the same numbers on every machine.
const (
	sysCreateRuleset = 444
	sysAddRule       = 445
	sysRestrictSelf  = 446

	versionFlag  = 1
	ruleBeneath  = 1
	scopeAll     = 3 // abstract sockets and signals stay inside
	openPath     = 0x200000
	setNewPrivs  = 38
	filesV1      = 0x1fff
	refer        = 1 << 13
	truncate     = 1 << 14
	deviceIoctl  = 1 << 15
	execute      = 1 << 0
	writeFile    = 1 << 1
	readFile     = 1 << 2
	readFolder   = 1 << 3
	makeDevices  = 1<<6 | 1<<11
	wholeFolders = ^uint64(execute | makeDevices | deviceIoctl)
)

// allowed lists everything a program or a tool may touch; places that a jail lacks are passed over.
var allowed = []struct {
	path   string
	rights uint64
}{
	{"/prog", execute | readFile}, // its mode keeps it from being read
	{"/tools", execute | readFile | readFolder},
	{"/lib", execute | readFile | readFolder},
	{"/lib64", execute | readFile | readFolder},
	{"/usr/lib", execute | readFile | readFolder},
	{"/std", readFile | readFolder},
	{"/rec", readFile | readFolder},
	{"/vet", execute | readFile | readFolder},
	{"/zoneinfo.zip", readFile},
	{"/proc/self/environ", readFile},
	{"/dev/null", readFile | writeFile | truncate},
	{"/dev/zero", readFile | writeFile | truncate},
	{"/dev/full", readFile | writeFile | truncate},
	{"/dev/random", readFile},
	{"/dev/urandom", readFile},
	{"/dev/shm", wholeFolders},
	{"/tmp", wholeFolders},
	{"/work", wholeFolders},
	{"/log", wholeFolders},
}

// landlock says which version of Landlock held what was started; 0 is none.
var landlock int

// confined runs what starts a process on a thread of its own that Landlock holds, and our own seccomp
// filter where the jail came without it; the process inherits both, and the thread ends with the call, since a domain can't be left.
func confined(start func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if version := restrict(); version > 0 {
			landlock = version
		}
		if err := filter(); err != nil {
			done <- err
			return
		}
		done <- start()
	}()
	return <-done
}

func restrict() int {
	version, _, errno := syscall.RawSyscall(sysCreateRuleset, 0, 0, versionFlag)
	if errno != 0 || version == 0 {
		return 0
	}
	handled, size := handledBy(int(version))
	attr := struct{ files, network, scope uint64 }{files: handled}
	if version >= 6 {
		attr.scope = scopeAll
	}
	set, _, errno := syscall.RawSyscall(sysCreateRuleset, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return 0
	}
	defer syscall.Close(int(set))
	for _, one := range allowed {
		allow(int(set), one.path, one.rights&handled)
	}
	if _, _, errno = syscall.RawSyscall6(syscall.SYS_PRCTL, setNewPrivs, 1, 0, 0, 0, 0); errno != 0 {
		return 0
	}
	if _, _, errno = syscall.RawSyscall(sysRestrictSelf, set, 0, 0); errno != 0 {
		return 0
	}
	return int(version)
}

func handledBy(version int) (rights uint64, size uintptr) {
	rights, size = filesV1, 8
	if version >= 2 {
		rights |= refer
	}
	if version >= 3 {
		rights |= truncate
	}
	if version >= 4 {
		size = 16
	}
	if version >= 5 {
		rights |= deviceIoctl
	}
	if version >= 6 {
		size = 24
	}
	return rights, size
}

func allow(set int, path string, rights uint64) {
	fd, err := syscall.Open(path, openPath|syscall.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer syscall.Close(fd)
	var stat syscall.Stat_t
	if syscall.Fstat(fd, &stat) == nil && stat.Mode&syscall.S_IFMT != syscall.S_IFDIR {
		rights &= execute | writeFile | readFile | truncate | deviceIoctl
	}
	rule := [12]byte{}
	*(*uint64)(unsafe.Pointer(&rule[0])) = rights
	*(*int32)(unsafe.Pointer(&rule[8])) = int32(fd)
	syscall.RawSyscall6(sysAddRule, uintptr(set), ruleBeneath, uintptr(unsafe.Pointer(&rule[0])), 0, 0, 0)
}

func landlockName() string {
	if landlock == 0 {
		return "none"
	}
	return fmt.Sprintf("abi %d", landlock)
}
