package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/token"
	"os/exec"
	"time"
)

const vetDir = "/vet"

// vetUnit is one package as the analyzer wants it: after those it imports.
type vetUnit struct {
	Path     string   `json:"path"`
	Files    []string `json:"files"`
	External bool     `json:"external"`
}

// Vetted is the analyzer's own report, or why there is none.
type Vetted struct {
	Report json.RawMessage `json:"report"`
	GaveUp string          `json:"gave_up"`
}

// vet has the packages analysed by a program of its own, so that this one stays small and starts fast.
func vet(request *Request) (any, []Attachment, error) {
	if err := writeSources(request.Files); err != nil {
		return nil, nil, err
	}
	units, _ := load(request, token.NewFileSet())
	wanted, err := json.Marshal(map[string]any{"dir": srcDir, "library": stdDir, "facts": vetDir + "/facts",
		"go": request.Go, "units": vetUnits(units)})
	if err != nil {
		return nil, nil, err
	}
	return analyzed(wanted, time.Duration(request.WallMS)*time.Millisecond), nil, nil
}

// vetUnits puts tests of a package of their own last, since they may import every other one.
func vetUnits(units []*unit) []vetUnit {
	wanted, last := []vetUnit{}, []vetUnit{}
	for _, one := range units {
		if len(one.files) > 0 {
			wanted = append(wanted, vetUnit{one.path, names(one.files), false})
		}
		if len(one.external) > 0 {
			last = append(last, vetUnit{one.path + "_test", names(one.external), true})
		}
	}
	return append(wanted, last...)
}

func names(files []*source) []string {
	found := []string{}
	for _, file := range files {
		found = append(found, file.Name)
	}
	return found
}

// analyzed never fails: sources that are too much for the analyzer leave us without its report.
func analyzed(wanted []byte, wall time.Duration) *Vetted {
	limit, cancel := context.WithTimeout(context.Background(), wall)
	defer cancel()
	command := exec.CommandContext(limit, vetDir+"/gavelvet")
	// A process this short is over before collecting pays; the limit keeps large snippets in bounds.
	command.Dir, command.Env = srcDir, []string{"GOROOT=/go", "TMPDIR=" + workDir, "GOGC=off", "GOMEMLIMIT=768MiB"}
	var said, out bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(wanted), &out, &said
	err := confined(command.Start)
	if err == nil {
		err = command.Wait()
	}
	switch {
	case limit.Err() != nil:
		return &Vetted{GaveUp: fmt.Sprintf("it took longer than %s", wall)}
	case err != nil:
		return &Vetted{GaveUp: fmt.Sprintf("%v: %s", err, tail(said.String()))}
	case !json.Valid(out.Bytes()):
		return &Vetted{GaveUp: "it wrote no report"}
	}
	return &Vetted{Report: out.Bytes()}
}
