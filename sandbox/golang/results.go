package main

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

const (
	sysOpenat2 = 437
	// RESOLVE_BENEATH, NO_SYMLINKS, NO_MAGICLINKS and NO_XDEV.
	resolveStrictly = 0x08 | 0x04 | 0x02 | 0x01
)

var errNoResult = errors.New("not a plain file of the result folder")

// openResult opens a regular file of a folder that a program could write: no link of any kind, no
// pipe and no device is followed or waited for.
func openResult(folder, name string) (*os.File, error) {
	dir, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	fd, err := openBeneath(int(dir.Fd()), name)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), name)
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil || stat.Mode&syscall.S_IFMT != syscall.S_IFREG || stat.Nlink != 1 {
		file.Close()
		return nil, errNoResult
	}
	return file, nil
}

func openBeneath(dir int, name string) (int, error) {
	const flags = syscall.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOCTTY | syscall.O_CLOEXEC
	path, err := syscall.BytePtrFromString(name)
	if err != nil {
		return -1, err
	}
	how := [3]uint64{flags, 0, resolveStrictly}
	for {
		fd, _, errno := syscall.Syscall6(sysOpenat2, uintptr(dir), uintptr(unsafe.Pointer(path)),
			uintptr(unsafe.Pointer(&how[0])), unsafe.Sizeof(how), 0, 0)
		switch errno {
		case 0:
			return int(fd), nil
		case syscall.EINTR, syscall.EAGAIN:
		case syscall.ENOSYS:
			return syscall.Openat(dir, name, flags|syscall.O_NOFOLLOW, 0)
		default:
			return -1, errno
		}
	}
}
