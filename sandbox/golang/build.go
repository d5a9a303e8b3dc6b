package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

const (
	toolDir = "/tools"
	recDir  = "/rec"
	workDir = "/work"
	srcDir  = "/work/src"
)

// Built says how a build went; errors of test files alone do not spoil the program.
type Built struct {
	OK         bool      `json:"ok"`
	Tests      bool      `json:"tests"`
	Errors     []Problem `json:"errors"`
	TestErrors []Problem `json:"test_errors"`
	Output     string    `json:"output"`
	DiskFull   bool      `json:"disk_full"`
}

const noSpace = "no space left on device"

var errDiskFull = errors.New(noSpace)

// builder compiles into a folder of archives and an import configuration that grows.
type builder struct {
	request *Request
	config  strings.Builder
	count   int
	output  strings.Builder
	watched *disk
}

func newBuilder(request *Request) (*builder, error) {
	b := &builder{request: request, watched: watchDisk(request.Inodes, func() {})}
	std, err := os.ReadFile(filepath.Join(stdDir, "importcfg"))
	if err != nil {
		return nil, err
	}
	b.config.Write(std)
	return b, writeSources(request.Files)
}

func writeSources(files []File) error {
	for _, file := range files {
		name := filepath.Join(srcDir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(file.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func build(request *Request) (any, []Attachment, error) {
	report := &Built{Errors: []Problem{}, TestErrors: []Problem{}}
	b, err := newBuilder(request)
	if err != nil {
		return nil, nil, err
	}
	binary, problems, err := b.all()
	if kept := codeOnly(request.Files); err == nil && len(problems) > 0 && onlyTests(problems) && len(kept) < len(request.Files) {
		report.TestErrors = problems
		without := *request
		without.Tests, without.Benchmarks, without.Fuzzes, without.Files = nil, nil, nil, kept
		if b, err = newBuilder(&without); err == nil {
			binary, problems, err = b.all()
		}
	}
	if err != nil && !errors.Is(err, errDiskFull) && !errors.Is(err, syscall.ENOSPC) {
		return nil, nil, err
	}
	report.DiskFull = err != nil
	report.Errors, report.Output = append(report.Errors, problems...), b.output.String()
	report.OK, report.Tests = len(problems) == 0 && err == nil, len(b.request.Tests) > 0 && len(problems) == 0
	if !report.OK || binary == "" {
		return report, nil, nil
	}
	info, err := os.Stat(binary)
	if err != nil {
		return nil, nil, err
	}
	return report, []Attachment{{Name: "program", Bytes: info.Size(), path: binary}}, nil
}

func onlyTests(problems []Problem) bool {
	for _, one := range problems {
		if !strings.HasSuffix(one.File, "_test.go") {
			return false
		}
	}
	return true
}

// codeOnly leaves out tests; of an answer that is nothing but a test file, those of the task.
func codeOnly(files []File) []File {
	kept, given := []File{}, []File{}
	for _, file := range files {
		if !strings.HasSuffix(file.Name, "_test.go") {
			kept = append(kept, file)
		} else if !file.Test {
			given = append(given, file)
		}
	}
	if len(kept) == 0 {
		return given
	}
	return kept
}

// all compiles every package and links the generated main, if there is anything to run.
func (b *builder) all() (string, []Problem, error) {
	fset := token.NewFileSet()
	units, syntax := load(b.request, fset)
	if len(syntax) > 0 {
		return "", syntax, nil
	}
	mainPath := ""
	for _, one := range units {
		names, err := b.unitFiles(one, &mainPath)
		if err != nil {
			return "", nil, err
		}
		if problems, err := b.compile(one.path, names); err != nil || len(problems) > 0 {
			return "", problems, err
		}
	}
	for _, one := range units {
		if problems, err := b.external(one); err != nil || len(problems) > 0 {
			return "", problems, err
		}
	}
	if mainPath == "" && !b.request.tested() && len(b.request.Hooks) == 0 {
		return "", nil, nil
	}
	return b.link(mainPath)
}

func (b *builder) unitFiles(one *unit, mainPath *string) ([]string, error) {
	names := []string{}
	hasMain := false
	for _, file := range one.files {
		names = append(names, file.Name)
		hasMain = hasMain || file.syntax.Name.Name == "main" && declaresMain(file)
	}
	if hasMain && *mainPath == "" {
		*mainPath = one.path
		hook := path.Join(one.dir, "zz_gavel_main.go")
		names = append(names, hook)
		if err := os.WriteFile(filepath.Join(srcDir, hook), []byte(hookFile("main")), 0o644); err != nil {
			return nil, err
		}
	}
	for _, hook := range b.request.Hooks {
		if hook.Path == one.path {
			names = append(names, hook.Name)
			if err := os.WriteFile(filepath.Join(srcDir, hook.Name), []byte(hook.Text), 0o644); err != nil {
				return nil, err
			}
		}
	}
	return names, nil
}

func (b *builder) external(one *unit) ([]Problem, error) {
	if len(one.external) == 0 {
		return nil, nil
	}
	names := []string{}
	for _, file := range one.external {
		names = append(names, file.Name)
	}
	return b.compile(one.path+"_test", names)
}

// compile makes one archive; what the compiler says about the sources comes back as problems.
func (b *builder) compile(importPath string, names []string) ([]Problem, error) {
	if len(names) == 0 {
		return nil, nil
	}
	b.count++
	archive := fmt.Sprintf("%s/%d.a", workDir, b.count)
	config := fmt.Sprintf("%s/%d.cfg", workDir, b.count)
	if err := os.WriteFile(config, []byte(b.config.String()), 0o644); err != nil {
		return nil, err
	}
	args := []string{"-o", archive, "-trimpath", srcDir + "=>", "-p", importPath, "-complete",
		"-c=2", "-importcfg", config, "-pack", "-nolocalimports"}
	if importPath != "main" {
		// The generated main is ours and speaks the newest language.
		args = append(args, "-lang=go"+b.request.Go)
	}
	if b.request.Race {
		args = append(args, "-race")
	}
	fmt.Fprintf(&b.config, "packagefile %s=%s\n", importPath, archive)
	return b.tool("compile", append(args, names...))
}

// tool runs one tool of the toolchain; a death by signal is an error of ours or of a limit.
func (b *builder) tool(name string, args []string) ([]Problem, error) {
	command := exec.Command(filepath.Join(toolDir, name), args...)
	// A build is short and has its jail to itself: collecting garbage would only cost time.
	command.Dir, command.Env = srcDir, []string{"GOROOT=/go", "TMPDIR=" + workDir, "PATH=/usr/bin", "GOGC=off", "GOMEMLIMIT=768MiB"}
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := confined(command.Start)
	if err == nil {
		err = command.Wait()
	}
	b.output.Write(out.Bytes())
	if err == nil {
		return nil, nil
	}
	ended, exited := errors.AsType[*exec.ExitError](err)
	switch problems := parseDiagnostics(out.String()); {
	case b.watched.full.Load() || strings.Contains(out.String(), noSpace):
		return nil, errDiskFull
	case len(problems) > 0:
		return problems, nil
	case exited && ended.Exited():
		return []Problem{{File: b.request.Files[0].Name, Line: 1, Column: 1, Rule: "compile", Message: name + " gives up: " + tail(out.String())}}, nil
	}
	return nil, fmt.Errorf("%s: %w: %s", name, err, tail(out.String()))
}

func tail(text string) string { return text[max(0, len(text)-2000):] }

var diagnostic = regexp.MustCompile(`(?m)^(?:\./)?([^\s:][^:\n]*\.go):(\d+)(?::(\d+))?: (.*(?:\n\t.*)*)`)

func parseDiagnostics(out string) []Problem {
	found := []Problem{}
	for _, match := range diagnostic.FindAllStringSubmatch(out, -1) {
		line, _ := strconv.Atoi(match[2])
		column, _ := strconv.Atoi(match[3])
		name := strings.TrimPrefix(strings.TrimPrefix(match[1], srcDir), "/")
		found = append(found, Problem{File: name, Line: line, Column: max(1, column), Rule: "compile", Message: match[4]})
	}
	return found
}
