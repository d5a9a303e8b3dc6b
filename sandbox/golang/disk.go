package main

import (
	"sync/atomic"
	"syscall"
	"time"
)

const (
	tmpfsMagic = 0x01021994
	diskPoll   = 4 * time.Millisecond
	fewBlocks  = 2
)

// disk watches the folders that can be written: their size is the kernel's limit, told here, and the
// number of files is ours, since bubblewrap makes a tmpfs without one.
type disk struct {
	inodes uint64
	full   atomic.Bool
	stop   chan struct{}
}

func watchDisk(inodes uint64, ended func()) *disk {
	d := &disk{inodes: inodes, stop: make(chan struct{})}
	go func() {
		for {
			if d.filled("/tmp") || d.filled("/work") {
				d.full.Store(true)
				ended()
				return
			}
			select {
			case <-d.stop:
				return
			case <-time.After(diskPoll):
			}
		}
	}()
	return d
}

func (d *disk) filled(folder string) bool {
	var stat syscall.Statfs_t
	if syscall.Statfs(folder, &stat) != nil || stat.Type != tmpfsMagic {
		return false
	}
	return stat.Blocks > 0 && stat.Bavail < fewBlocks || d.inodes > 0 && stat.Files-stat.Ffree > d.inodes
}
