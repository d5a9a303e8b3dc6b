package own

import (
	"regexp"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// readAll finds places that keep as much in memory as somebody else likes to send.
var readAll = &analysis.Analyzer{Name: "readall", Doc: "everything that somebody sends is kept in memory",
	Requires: []*analysis.Analyzer{programs}, Run: runReadAll}

var (
	wholeReads = regexp.MustCompile(`^(io(/ioutil)?\.ReadAll|\(\*bytes\.Buffer\)\.ReadFrom)$`)
	limits     = regexp.MustCompile(`^(io\.(LimitReader|NewSectionReader)|net/http\.(MaxBytesReader|MaxBytesHandler|AllowQuerySemicolons))$`)
	reads      = &purpose{cleaning: limits}
)

func runReadAll(pass *analysis.Pass) (any, error) {
	p := programOf(pass)
	limited := map[*ssa.Function]bool{}
	p.each(func(one ssa.Instruction) {
		if call, ok := one.(*ssa.Call); ok && limits.MatchString(nameOfCall(&call.Call)) {
			limited[call.Parent()] = true
		}
	})
	p.each(func(one ssa.Instruction) {
		call, ok := one.(*ssa.Call)
		if !ok || !wholeReads.MatchString(nameOfCall(&call.Call)) || limited[call.Parent()] {
			return
		}
		args := argumentsOf(&call.Call)
		if found := p.originOf(args[len(args)-1], call.Block(), reads); found&(fromBody|fromConn) != 0 {
			likely(pass, point(call.Pos()), "readall", "all that the asker sends is read into memory, without a limit")
		}
	})
	return nil, nil
}
