package main

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

const (
	crashFD  = 197
	nonceFD  = 198
	recordFD = 199

	programPath = "/prog/program"
	logDir      = "/log"
	grace       = 700 * time.Millisecond
	busyWindow  = 200 * time.Millisecond
	busyShare   = 4 * time.Millisecond
)

// Ran is how a program ended, by this process's own wait and its own pipes.
type Ran struct {
	ExitCode int      `json:"exit_code"`
	Signal   string   `json:"signal"`
	TimedOut bool     `json:"timed_out"`
	DiskFull bool     `json:"disk_full"`
	WallS    float64  `json:"wall_s"`
	CPUS     float64  `json:"cpu_s"`
	MaxRSS   int64    `json:"max_rss"`
	Nonce    string   `json:"nonce"`
	Record   string   `json:"record"`
	Crash    string   `json:"crash"`
	Races    []string `json:"races"`
	// Files are in base64; one that is over the limit by a byte was longer.
	Files map[string][]byte `json:"files"`
}

func run(request *Request) (any, []Attachment, error) {
	// All are caught and dropped, those of faults too, since a program may send them. Not ignored:
	// an ignored signal would stay ignored in the program.
	signal.Notify(make(chan os.Signal, 1))
	// Sixteen random bytes in hex: the recorder reads 32 bytes and the record stays one text line.
	secret := make([]byte, 16)
	rand.Read(secret)
	nonce := hex.EncodeToString(secret)
	ran := &Ran{Nonce: nonce, Races: []string{}}
	pipes, err := openPipes(3)
	if err != nil {
		return nil, nil, err
	}
	pipes[0].out.WriteString(nonce + request.Kind)
	pipes[0].out.Close()
	std, collect, err := standard()
	if err != nil {
		return nil, nil, err
	}
	start := time.Now()
	pid := 0
	if err := confined(func() (err error) { pid, err = spawn(request, std, pipes); return err }); err != nil {
		return nil, nil, err
	}
	watched := watchDisk(request.Inodes, func() { syscall.Kill(pid, syscall.SIGKILL) })
	records, crashes := drain(pipes[1], request.Collect), drain(pipes[2], request.Collect)
	ran.wait(pid, time.Duration(request.WallMS)*time.Millisecond, request.HardMS)
	close(watched.stop)
	ran.WallS, ran.DiskFull = time.Since(start).Seconds(), watched.full.Load()
	collect()
	ran.Record, ran.Crash = take(records), take(crashes)
	ran.Races = raceLogs(request.Collect)
	ran.Files = brought(request)
	return ran, nil, nil
}

type pipe struct{ in, out *os.File }

func openPipes(count int) ([]pipe, error) {
	pipes := []pipe{}
	for range count {
		in, out, err := makePipe()
		if err != nil {
			return nil, err
		}
		pipes = append(pipes, pipe{in, out})
	}
	return pipes, nil
}

func spawn(request *Request, std [3]uintptr, pipes []pipe) (int, error) {
	files := make([]uintptr, recordFD+1)
	for i := range files {
		files[i] = ^uintptr(0)
	}
	copy(files, std[:])
	files[nonceFD], files[recordFD], files[crashFD] = pipes[0].in.Fd(), pipes[1].out.Fd(), pipes[2].out.Fd()
	lower, raise := processLimits()
	lower()
	pid, err := syscall.ForkExec(programPath, append([]string{"program"}, request.Args...), &syscall.ProcAttr{
		Dir: workDir, Env: request.Env, Files: files})
	raise()
	pipes[0].in.Close()
	pipes[1].out.Close()
	pipes[2].out.Close()
	return pid, err
}

// drain reads a pipe to its end, keeping at most limit bytes.
func drain(from pipe, limit int64) chan string {
	done := make(chan string, 1)
	go func() {
		kept, _ := io.ReadAll(io.LimitReader(from.in, limit))
		done <- string(kept)
		io.Copy(io.Discard, from.in)
	}()
	return done
}

// take does not wait for a descendant that holds the pipe open.
func take(from chan string) string {
	select {
	case text := <-from:
		return text
	case <-time.After(grace):
		return ""
	}
}

// wait asks for a goroutine dump when the time is up, and kills soon after.
func (ran *Ran) wait(pid int, wall time.Duration, hardMS int) {
	done := make(chan struct{})
	go func() {
		select {
		case <-done:
			return
		case <-time.After(wall):
		}
		if endedWhileBusy(pid, done, hardMS, wall) {
			return
		}
		ran.TimedOut = true
		syscall.Kill(pid, syscall.SIGQUIT)
		select {
		case <-done:
		case <-time.After(grace):
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}()
	var status syscall.WaitStatus
	var usage syscall.Rusage
	for {
		found, err := syscall.Wait4(-1, &status, 0, &usage)
		if err == syscall.EINTR || (err == nil && found != pid) {
			continue
		}
		break
	}
	close(done)
	ran.ExitCode = status.ExitStatus()
	if status.Signaled() {
		ran.ExitCode, ran.Signal = 128+int(status.Signal()), signalName(status.Signal())
	}
	ran.CPUS = time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
	ran.MaxRSS = usage.Maxrss * 1024
}

// endedWhileBusy gives more wall time to a program that still gets processor time and so is not waiting:
// a busy machine is not its fault. Its processor limit goes on counting meanwhile.
func endedWhileBusy(pid int, done chan struct{}, hardMS int, wall time.Duration) bool {
	used := processorTime(pid)
	for end := time.Now().Add(time.Duration(hardMS)*time.Millisecond - wall); time.Now().Before(end); {
		select {
		case <-done:
			return true
		case <-time.After(busyWindow):
		}
		before := used
		if used = processorTime(pid); used-before < busyShare {
			return false
		}
	}
	return false
}

// processorTime asks the kernel's clock of one process; it needs no /proc.
func processorTime(pid int) time.Duration {
	var spec syscall.Timespec
	clock := uintptr(^pid<<3 | 2)
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&spec)), 0); errno != 0 {
		return 0
	}
	return time.Duration(spec.Nano())
}

func signalName(number syscall.Signal) string {
	names := map[syscall.Signal]string{syscall.SIGKILL: "SIGKILL", syscall.SIGSEGV: "SIGSEGV", syscall.SIGABRT: "SIGABRT",
		syscall.SIGQUIT: "SIGQUIT", syscall.SIGSYS: "SIGSYS", syscall.SIGXCPU: "SIGXCPU", syscall.SIGXFSZ: "SIGXFSZ",
		syscall.SIGBUS: "SIGBUS", syscall.SIGTERM: "SIGTERM", syscall.SIGPIPE: "SIGPIPE"}
	if name := names[number]; name != "" {
		return name
	}
	return number.String()
}

func raceLogs(limit int64) []string {
	logs := []string{}
	entries, _ := os.ReadDir(logDir)
	for _, entry := range entries {
		if len(logs) >= 8 || !strings.HasPrefix(entry.Name(), "race.") {
			continue
		}
		file, err := openResult(logDir, entry.Name())
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(io.LimitReader(file, limit))
		file.Close()
		logs = append(logs, strings.ToValidUTF8(string(text), "?"))
	}
	return logs
}
