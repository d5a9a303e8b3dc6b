package own

import (
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"
)

var (
	shells    = regexp.MustCompile(`^(.*/)?((ba|z|da|k|a)?sh|cmd(\.exe)?|powershell(\.exe)?|pwsh)$`)
	flagged   = regexp.MustCompile(`^(-[a-z]*c|/[cCkK]|-Command|-command)$`)
	executing = &purpose{}
)

// command looks at which program is run, and at what a shell is told.
func (s *sink) command() {
	args := s.args
	if strings.HasSuffix(s.name, "Context") {
		args = args[1:]
	}
	if found := s.origin(args[0], executing); found&foreign != 0 {
		proven(s.pass, point(s.call.Pos()), "cmdconcat", "the asker chooses the program that is run")
		return
	}
	rest := variadic(args[1])
	if name, fixed := constantText(args[0]); fixed && shells.MatchString(name) {
		s.shell(rest)
	}
}

func (s *sink) shell(rest []ssa.Value) {
	for i := range len(rest) - 1 {
		flag, _ := constantText(rest[i])
		if !flagged.MatchString(flag) {
			continue
		}
		parts, _ := pieces(rest[i+1])
		found := s.origin(rest[i+1], executing)
		switch {
		case found&foreign != 0:
			proven(s.pass, point(s.call.Pos()), "cmdconcat", "a shell runs text that %s", sender(found))
		case found&fromParam != 0 && len(parts) > 1:
			proven(s.pass, point(s.call.Pos()), "cmdconcat", "a shell runs a command line that holds a value")
		case found&(fromUser|elsewhere) != 0 && len(parts) > 1:
			likely(s.pass, point(s.call.Pos()), "cmdconcat", "a shell runs a command line that holds a value")
		}
		return
	}
}
