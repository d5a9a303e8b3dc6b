// Command gavelgo does the Go side of an audit inside a jail: it looks at sources, builds them
// without the go command, and runs the result. Its two arguments are descriptors: it waits for one job on
// the first and writes one JSON line, then the raw bytes of the files it names, to the second.
// With the one argument "stream" everything goes over its standard streams instead; see stream.go.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// File is one source text; Skip is how many bytes in front of its first line are not the author's.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Skip int    `json:"skip"`
	Test bool   `json:"test"`
}

// Request is everything a mode may ask for; each mode reads its own part.
type Request struct {
	Mode   string `json:"mode"`
	Files  []File `json:"files"`
	Module string `json:"module"`
	Go     string `json:"go"`
	Race   bool   `json:"race"`
	Main   bool   `json:"main"`
	Tests  []Test `json:"tests"`
	// Benchmarks are measured by the plain program alone.
	Benchmarks []Test `json:"benchmarks"`
	Fuzzes     []Test `json:"fuzzes"`
	// What can be called without tests: asked for when the sources are read, given back for the build.
	Calls     []CallCase `json:"calls"`
	Asked     []string   `json:"asked"`
	Entries   bool       `json:"entries"`
	Together  bool       `json:"together"`
	Deep      bool       `json:"deep"`
	Hooks     []Hook     `json:"hooks"`
	CallCount int        `json:"call_count"`
	Leak      bool       `json:"leak"`
	Kind      string     `json:"kind"`
	Args      []string   `json:"args"`
	Env       []string   `json:"env"`
	WallMS    int        `json:"wall_ms"`
	HardMS    int        `json:"hard_ms"`
	Collect   int64      `json:"collect_bytes"`
	// Bring names files of the work folder that a program leaves for us, each up to so many bytes.
	Bring      []string `json:"bring"`
	BringBytes int64    `json:"bring_bytes"`
	Inodes     uint64   `json:"inodes"`
}

// Attachment announces raw bytes that follow the report's line.
type Attachment struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	path  string
}

func main() {
	if err := start(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "gavelgo:", err)
		os.Exit(70)
	}
}

func start(args []string) error {
	if len(args) == 2 && args[1] == "stream" {
		return stream()
	}
	in, out, err := descriptors(args)
	if err != nil {
		return err
	}
	return serve(in, out)
}

func descriptors(args []string) (in, out *os.File, err error) {
	if len(args) != 3 {
		return nil, nil, fmt.Errorf("want two descriptors, got %d arguments", len(args)-1)
	}
	numbers := [2]int{}
	for i, text := range args[1:] {
		if numbers[i], err = strconv.Atoi(text); err != nil {
			return nil, nil, err
		}
		syscall.CloseOnExec(numbers[i])
	}
	return os.NewFile(uintptr(numbers[0]), "request"), os.NewFile(uintptr(numbers[1]), "report"), nil
}

func serve(in, out *os.File) error {
	request, err := takeJob(bufio.NewReaderSize(in, 1<<20))
	if err != nil {
		return err
	}
	in.Close()
	return serveRequest(request, out)
}

func serveRequest(request *Request, out io.Writer) error {
	mode := map[string]func(*Request) (any, []Attachment, error){"inspect": inspect, "vet": vet, "build": build, "run": run}[request.Mode]
	if mode == nil {
		return fmt.Errorf("unknown mode %q", request.Mode)
	}
	report, attached, err := mode(request)
	if err != nil {
		return err
	}
	return send(out, report, attached)
}

// send writes the report and then the attached files, in the order in which it names them.
func send(to io.Writer, report any, attached []Attachment) error {
	out := bufio.NewWriterSize(to, 1<<20)
	line, err := json.Marshal(map[string]any{"report": report, "files": attached, "jail": portrait()})
	if err != nil {
		return err
	}
	out.Write(append(line, '\n'))
	for _, one := range attached {
		if err := copyFile(out, one); err != nil {
			return err
		}
	}
	return out.Flush()
}

func copyFile(out io.Writer, one Attachment) error {
	in, err := openResult(filepath.Dir(one.path), filepath.Base(one.path))
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.CopyN(out, in, one.Bytes)
	return err
}
