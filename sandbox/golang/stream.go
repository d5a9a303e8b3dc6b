package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// Channels of the one outgoing stream; a frame is its channel, four bytes of length, and the bytes.
const (
	stdoutChannel = 1
	stderrChannel = 2
	reportChannel = 3
	jailChannel   = 4
	endChannel    = 5

	prSetDumpable = 4
	tickPause     = 25 * time.Millisecond
	threads       = 12
	lastBytes     = 1 << 20
)

// frames writes to one descriptor from several goroutines, one whole frame at a time.
type frames struct {
	sync.Mutex
	out io.Writer
}

func (f *frames) send(channel byte, data []byte) error {
	f.Lock()
	defer f.Unlock()
	head := binary.BigEndian.AppendUint32([]byte{channel}, uint32(len(data)))
	_, err := f.out.Write(append(head, data...))
	return err
}

type frameWriter struct {
	to      *frames
	channel byte
}

func (w frameWriter) Write(data []byte) (int, error) { return len(data), w.to.send(w.channel, data) }

// stream serves one request where the jail has no channels but its standard streams: a container.
func stream() error {
	// The program shares our user and sees /proc, so our memory and descriptors must be closed to it.
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 0, 0); errno != 0 {
		return errno
	}
	syscall.Umask(0o022)
	warmThreads()
	out := &frames{out: os.Stdout}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	if err := sendPortrait(out); err != nil {
		return err
	}
	request, err := takeJob(in)
	if err != nil {
		return err
	}
	go endWithSupervisor(in)
	go tick(out)
	jobStreams = out
	allowEnvironment(request.Env)
	if err := serveRequest(request, frameWriter{out, reportChannel}); err != nil {
		return err
	}
	if err := sendPortrait(out); err != nil {
		return err
	}
	return out.send(endChannel, nil)
}

// warmThreads starts the threads that this process may need: later a bomb may have used up the limit,
// and the runtime ends a process that gets no thread.
func warmThreads() {
	started, over := sync.WaitGroup{}, make(chan struct{})
	for range threads {
		started.Add(1)
		go func() {
			runtime.LockOSThread()
			started.Done()
			<-over
			runtime.UnlockOSThread()
		}()
	}
	started.Wait()
	close(over)
}

// filter puts the seccomp filter on this thread and on what it starts. An engine's own filter only
// ends a thread that uses a foreign architecture, which leaves a Go program hanging.
func filter() error {
	const setSeccomp, modeFilter, instruction = 22, 2, 8
	if len(bpf) == 0 {
		return nil
	}
	wanted := struct {
		length uint16
		first  *byte
	}{uint16(len(bpf) / instruction), &bpf[0]}
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setNewPrivs, 1, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setSeccomp, modeFilter, uintptr(unsafe.Pointer(&wanted))); errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	return nil
}

// makePipe gives a pipe; where there is a /proc, one that cannot be opened again from there by its
// writer, who would read back and swallow what it does not like.
func makePipe() (in, out *os.File, err error) {
	if jobStreams == nil {
		return os.Pipe()
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	syscall.SetNonblock(pair[0], true)
	return os.NewFile(uintptr(pair[0]), "in"), os.NewFile(uintptr(pair[1]), "out"), nil
}

func sendPortrait(out *frames) error {
	text, err := json.Marshal(map[string]any{"jail": portrait(), "limits": ownLimits(), "counters": counters()})
	if err != nil {
		return err
	}
	return out.send(jailChannel, text)
}

// tick sends the counters of our own control group, until the process ends.
func tick(out *frames) {
	for {
		time.Sleep(tickPause)
		if text, err := json.Marshal(map[string]any{"counters": counters()}); err == nil {
			out.send(jailChannel, text)
		}
	}
}

// endWithSupervisor ends the jail when nobody listens any more.
func endWithSupervisor(in io.Reader) {
	io.Copy(io.Discard, in)
	os.Exit(71)
}

// allowEnvironment opens /proc to programs with the race detector: its runtime reads its options from
// /proc/self/environ before any code of the snippet runs.
func allowEnvironment(env []string) {
	for _, one := range env {
		if strings.HasPrefix(one, "GORACE=") {
			allowed = append(allowed, struct {
				path   string
				rights uint64
			}{"/proc", readFile})
		}
	}
}

// jobStreams takes the program's output where it must not write to our own.
var jobStreams *frames

// standard gives the program's three streams and a function that collects what is left in them.
func standard() ([3]uintptr, func(), error) {
	if jobStreams == nil {
		return [3]uintptr{jobInput.Fd(), 1, 2}, func() {}, nil
	}
	fds := [3]uintptr{jobInput.Fd()}
	ends := []func(){}
	for _, channel := range []byte{stdoutChannel, stderrChannel} {
		pair := [2]int{}
		if err := syscall.Pipe2(pair[:], syscall.O_CLOEXEC); err != nil {
			return fds, nil, err
		}
		syscall.SetNonblock(pair[0], true)
		fds[channel] = uintptr(pair[1])
		ends = append(ends, pump(os.NewFile(uintptr(pair[0]), "output"), pair[1], frameWriter{jobStreams, channel}))
	}
	return fds, func() {
		for _, end := range ends {
			end()
		}
	}, nil
}

// pump copies a pipe until it is told that the program has ended; a descendant that holds the pipe
// open does not keep it, and what the program wrote before its end is never lost.
func pump(from *os.File, other int, to io.Writer) func() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(to, from)
	}()
	return func() {
		syscall.Close(other)
		from.SetReadDeadline(time.Now())
		<-done
		from.SetReadDeadline(time.Time{})
		rest := make([]byte, lastBytes)
		if raw, err := from.SyscallConn(); err == nil {
			raw.Read(func(fd uintptr) bool {
				if n, err := syscall.Read(int(fd), rest); err == nil && n > 0 {
					to.Write(rest[:n])
				}
				return true
			})
		}
		from.Close()
	}
}
