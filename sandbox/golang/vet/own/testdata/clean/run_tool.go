package tools

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"time"
)

// Version gives what a tool says about its version.
func Version(ctx context.Context, tool string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var out, wrong bytes.Buffer
	command := exec.CommandContext(ctx, "git", "--version", tool)
	command.Stdout, command.Stderr = &out, &wrong
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", tool, err, wrong.String())
	}
	return out.String(), nil
}
