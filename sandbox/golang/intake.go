package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
)

const (
	sealedMode   = 0o555
	readableMode = 0o444
)

// jobRequest comes as one JSON line; the bytes of the files, of the standard input and of the
// seccomp filter follow it. The jail may have waited for it for a while.
type jobRequest struct {
	Request *Request  `json:"request"`
	Files   []jobFile `json:"files"`
	Stdin   int64     `json:"stdin_bytes"`
	Filter  int64     `json:"filter_bytes"`
}

// jobFile stands in a folder of its own once it has come; Mode is what an executable one gets.
type jobFile struct {
	Target string      `json:"target"`
	Bytes  int64       `json:"bytes"`
	Mode   os.FileMode `json:"mode"`
}

var (
	// jobInput is the program's standard input.
	jobInput *os.File
	// bpf is the seccomp filter as the kernel reads it, where the jail came without ours.
	bpf []byte
)

// takeJob reads the whole of a job and lays its files out.
func takeJob(in *bufio.Reader) (*Request, error) {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	wanted := &jobRequest{}
	if err := json.Unmarshal(line, wanted); err != nil {
		return nil, err
	}
	if err := receiveAll(in, wanted.Files); err != nil {
		return nil, err
	}
	if jobInput, err = inputFile(in, wanted.Stdin); err != nil {
		return nil, err
	}
	bpf = make([]byte, wanted.Filter)
	_, err = io.ReadFull(in, bpf)
	return wanted.Request, err
}

func receiveAll(in io.Reader, files []jobFile) error {
	for _, file := range files {
		if err := receive(in, file); err != nil {
			return err
		}
	}
	for _, file := range files {
		if err := os.Chmod(path.Dir(file.Target), sealedMode); err != nil {
			return err
		}
	}
	return nil
}

func receive(in io.Reader, file jobFile) error {
	mode := file.Mode
	if mode == 0 {
		mode = readableMode
	}
	to, err := os.OpenFile(file.Target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.CopyN(to, in, file.Bytes)
	if closed := to.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file.Target, err)
	}
	return nil
}

// inputFile keeps the program's standard input in a file without a name.
func inputFile(in io.Reader, size int64) (*os.File, error) {
	if size == 0 {
		return os.Open(os.DevNull)
	}
	const name = workDir + "/.stdin"
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if _, err := io.CopyN(file, in, size); err != nil {
		return nil, err
	}
	back, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return back, os.Remove(name)
}
