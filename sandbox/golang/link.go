package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
)

func declaresMain(file *source) bool {
	for _, decl := range file.syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
			return true
		}
	}
	return false
}

// link compiles the generated main outside the snippet's own folder and links everything.
func (b *builder) link(mainPath string) (string, []Problem, error) {
	generated := filepath.Join(workDir, "gavel_main.txt")
	if err := os.WriteFile(generated, []byte(program(b.request, mainPath)), 0o644); err != nil {
		return "", nil, err
	}
	fmt.Fprintf(&b.config, "packagefile 0rec=%s/0rec.a\n", recDir)
	if problems, err := b.compile("main", []string{generated}); err != nil || len(problems) > 0 {
		return "", problems, err
	}
	config, binary := filepath.Join(workDir, "link.cfg"), filepath.Join(workDir, "program")
	if err := os.WriteFile(config, []byte(b.config.String()), 0o644); err != nil {
		return "", nil, err
	}
	args := []string{"-s", "-w", "-o", binary, "-importcfg", config, "-buildmode=exe"}
	if len(b.request.Tests) > 0 {
		args = append(args, "-X", "testing.testBinary=1")
	}
	if b.request.Race {
		args = append(args, "-race", "-installsuffix", "race", "-linkmode=internal", "-extld=/bin/false", "-libgcc="+filepath.Join(stdDir, "libgcc.a"))
	}
	problems, err := b.tool("link", append(args, fmt.Sprintf("%s/%d.a", workDir, b.count)))
	return binary, problems, err
}

// vetResult is what one analyzer says at one place.
type vetResult struct {
	Posn    string `json:"posn"`
	End     string `json:"end"`
	Message string `json:"message"`
}

// vet runs the toolchain's vet on a hand-made unit, without the go command.
func vet(request *Request) (any, []Attachment, error) {
	b, err := newBuilder(request)
	if err != nil {
		return nil, nil, err
	}
	units, _ := load(request, token.NewFileSet())
	found := []Problem{}
	for _, one := range units {
		problems, err := b.vetUnit(one)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, problems...)
		if len(units) > 1 {
			names := []string{}
			for _, file := range one.files {
				names = append(names, file.Name)
			}
			if broken, err := b.compile(one.path, names); err != nil || len(broken) > 0 {
				return found, nil, err
			}
		}
	}
	return found, nil, nil
}

func (b *builder) vetUnit(one *unit) ([]Problem, error) {
	names := []string{}
	for _, file := range one.files {
		names = append(names, filepath.Join(srcDir, file.Name))
	}
	if len(names) == 0 {
		return nil, nil
	}
	config := map[string]any{"ID": one.path, "Compiler": "gc", "Dir": srcDir, "ImportPath": one.path,
		"GoVersion": "go" + b.request.Go, "GoFiles": names, "ImportMap": map[string]string{}, "PackageFile": map[string]string{},
		"Standard": map[string]bool{}, "PackageVetx": map[string]string{}, "VetxOutput": filepath.Join(workDir, "vetx")}
	importsOf(b.config.String(), config)
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(workDir, "unit.cfg")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return nil, err
	}
	return runVet(file)
}

func runVet(file string) ([]Problem, error) {
	command := exec.Command(filepath.Join(toolDir, "vet"), "-json", file)
	command.Dir, command.Env = srcDir, []string{"GOROOT=/go", "TMPDIR=" + workDir}
	var said, out bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	err := confined(command.Start)
	if err == nil {
		err = command.Wait()
	}
	if err != nil {
		return notVetted(err, said.String())
	}
	packages := map[string]map[string]json.RawMessage{}
	if err := json.Unmarshal(out.Bytes(), &packages); err != nil {
		return nil, fmt.Errorf("vet wrote no JSON: %w", err)
	}
	found := []Problem{}
	for _, analyzers := range packages {
		for name, raw := range analyzers {
			found = append(found, vetProblems(name, raw)...)
		}
	}
	return found, nil
}

// notVetted tells that vet itself gave up; a vet that was killed is a limit's doing.
func notVetted(err error, said string) ([]Problem, error) {
	if ended, ok := errors.AsType[*exec.ExitError](err); ok && ended.Exited() {
		return []Problem{{Line: 1, Column: 1, Rule: "vet_failed", Message: tail(said)}}, nil
	}
	return nil, fmt.Errorf("vet: %w", err)
}
