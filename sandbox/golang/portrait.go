package main

import (
	"net"
	"syscall"
	"unsafe"
)

const (
	prGetSeccomp    = 21
	prGetNoNewPrivs = 39
)

// portrait says what the kernel applied to this jail, as seen from inside.
func portrait() map[string]any {
	return map[string]any{
		"seccomp":        prctl(prGetSeccomp),
		"no_new_privs":   prctl(prGetNoNewPrivs),
		"capabilities":   capabilities(),
		"interfaces":     interfaces(),
		"landlock":       landlockName(),
		"tmp_bytes":      folderBytes("/tmp"),
		"work_bytes":     folderBytes(workDir),
		"root_read_only": readOnly("/"),
		"uid":            syscall.Getuid(),
		"pid":            syscall.Getpid(),
	}
}

func prctl(option uintptr) int {
	value, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, option, 0, 0, 0, 0, 0)
	if errno != 0 {
		return -int(errno)
	}
	return int(value)
}

// capabilities gives the effective set, or -1 when the kernel would not say.
func capabilities() int64 {
	header := struct {
		version uint32
		pid     int32
	}{version: 0x20080522}
	var data [2]struct{ effective, permitted, inheritable uint32 }
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPGET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data)), 0)
	if errno != 0 {
		return -1
	}
	return int64(data[0].effective) | int64(data[1].effective)<<32
}

func interfaces() []string {
	names := []string{}
	found, err := net.Interfaces()
	if err != nil {
		return []string{"?"}
	}
	for _, one := range found {
		names = append(names, one.Name)
	}
	return names
}
