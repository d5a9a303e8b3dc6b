package main

import (
	"fmt"
	"go/ast"
	"os"
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
	own, err := os.ReadFile(filepath.Join(recDir, "importcfg"))
	if err != nil {
		return "", nil, err
	}
	b.config.Write(own)
	if problems, err := b.compile("main", []string{generated}); err != nil || len(problems) > 0 {
		return "", problems, err
	}
	config, binary := filepath.Join(workDir, "link.cfg"), filepath.Join(workDir, "program")
	if err := os.WriteFile(config, []byte(b.config.String()), 0o644); err != nil {
		return "", nil, err
	}
	args := []string{"-s", "-w", "-o", binary, "-importcfg", config, "-buildmode=exe"}
	if b.request.tested() {
		args = append(args, "-X", "testing.testBinary=1")
	}
	if b.request.Race {
		args = append(args, "-race", "-installsuffix", "race", "-linkmode=internal", "-extld=/bin/false", "-libgcc="+filepath.Join(stdDir, "libgcc.a"))
	}
	problems, err := b.tool("link", append(args, fmt.Sprintf("%s/%d.a", workDir, b.count)))
	return binary, problems, err
}
