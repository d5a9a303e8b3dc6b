package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

const groupDir = "/sys/fs/cgroup/"

// counters gives what the kernel counted for our own control group; a value it does not tell is left out.
func counters() map[string]int64 {
	found := map[string]int64{}
	put := func(name, file, key string, scale int64) {
		if _, there := found[name]; there {
			return
		}
		if value, ok := groupValue(file, key); ok {
			found[name] = value * scale
		}
	}
	put("cpu_ns", "cpu.stat", "usage_usec", 1000)
	put("cpu_ns", "cpuacct/cpuacct.usage", "", 1)
	put("memory_peak", "memory.peak", "", 1)
	put("memory_peak", "memory/memory.max_usage_in_bytes", "", 1)
	put("oom_kills", "memory.events", "oom_kill", 1)
	put("oom_kills", "memory/memory.oom_control", "oom_kill", 1)
	put("pids_peak", "pids.peak", "", 1)
	put("pids_peak", "pids/pids.peak", "", 1)
	put("pids_denied", "pids.events", "max", 1)
	put("pids_denied", "pids/pids.events", "max", 1)
	return found
}

// ownLimits gives the limits as the kernel states them to this process.
func ownLimits() map[string]any {
	found := map[string]any{"namespaces": namespaces()}
	for name, number := range map[string]int{"core_bytes": syscall.RLIMIT_CORE, "open_files": syscall.RLIMIT_NOFILE,
		"file_bytes": syscall.RLIMIT_FSIZE, "cpu_rlimit_s": syscall.RLIMIT_CPU} {
		limit := syscall.Rlimit{}
		if syscall.Getrlimit(number, &limit) == nil {
			found[name] = limit.Cur
		}
	}
	for _, one := range [][3]string{{"memory", "memory.max", "cgroup2"}, {"memory", "memory/memory.limit_in_bytes", "cgroup1"},
		{"pids", "pids.max", "cgroup2"}, {"pids", "pids/pids.max", "cgroup1"}} {
		if value, ok := groupValue(one[1], ""); ok && found[one[0]] == nil {
			found[one[0]], found[one[0]+"_max"] = one[2], value
		}
	}
	return found
}

func groupValue(file, key string) (int64, bool) {
	text, err := os.ReadFile(groupDir + file)
	if err != nil {
		return 0, false
	}
	for _, line := range strings.Split(string(text), "\n") {
		if key != "" {
			name, rest, _ := strings.Cut(line, " ")
			if name != key {
				continue
			}
			line = rest
		}
		value, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		return value, err == nil
	}
	return 0, false
}

func folderBytes(name string) int64 {
	info := syscall.Statfs_t{}
	if syscall.Statfs(name, &info) != nil {
		return -1
	}
	return int64(info.Blocks) * info.Bsize
}

func readOnly(name string) bool {
	const stReadOnly = 1
	info := syscall.Statfs_t{}
	return syscall.Statfs(name, &info) == nil && info.Flags&stReadOnly != 0
}

func namespaces() map[string]string {
	found := map[string]string{}
	for _, name := range []string{"user", "pid", "net", "ipc", "uts", "mnt", "cgroup"} {
		if link, err := os.Readlink("/proc/self/ns/" + name); err == nil {
			found[name] = link
		}
	}
	return found
}
