package own

import (
	"go/ast"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// resources finds what is opened and never closed.
var resources = &analysis.Analyzer{Name: "resources", Doc: "something is opened and never closed",
	Requires: []*analysis.Analyzer{programs}, Run: runResources}

var (
	opening = regexp.MustCompile(`^(os\.(Open|Create|OpenFile|CreateTemp|OpenRoot)|net/http\.(Get|Post|PostForm|Head)|\(\*net/http\.Client\)\.(Do|Get|Post|PostForm|Head)|` +
		`\(\*database/sql\.(DB|Tx|Conn|Stmt)\)\.(Query|QueryContext|Prepare|PrepareContext)|net\.(Dial|DialTimeout|Listen)|\(net\.Listener\)\.Accept|archive/zip\.OpenReader|compress/gzip\.NewReader)$`)
	ends = regexp.MustCompile(`\)\.(Close|CloseWithError)$`)
	// What reads from its argument, or wraps it, and closes nothing.
	reading = regexp.MustCompile(`^(io\.|bufio\.|encoding/|compress/|fmt\.F|bytes\.|text/|html/|crypto/|hash|image|archive/|mime|\(\*?(os|io|bufio|encoding|text|html|compress|archive|database/sql)[./)]|\(\*?net/http\.(Response|Header)\)|len$|cap$|copy$)`)
)

func runResources(pass *analysis.Pass) (any, error) {
	programOf(pass).each(func(one ssa.Instruction) {
		call, ok := one.(*ssa.Call)
		if !ok || !opening.MatchString(nameOfCall(&call.Call)) {
			return
		}
		value, used := resultOf(call)
		if !used {
			return
		}
		look := &owner{seen: map[ssa.Value]bool{}}
		if value != nil {
			look.follow(value)
		}
		if !look.closed && !look.away {
			say := proven
			if value == nil {
				say = likely // it may be known to fail
			}
			say(pass, point(call.Pos()), "noclose", "what %s gives is never closed", shortName(nameOfCall(&call.Call)))
		}
	})
	return nil, nil
}

// resultOf gives the first result of a call, and whether the call could be understood.
func resultOf(call *ssa.Call) (ssa.Value, bool) {
	if _, several := call.Type().(*types.Tuple); !several {
		return call, true
	}
	for _, use := range *call.Referrers() {
		if result, ok := use.(*ssa.Extract); ok && result.Index == 0 {
			return result, true
		}
		if _, back := use.(*ssa.Return); back {
			return nil, false
		}
	}
	return nil, true
}

// owner follows what becomes of something that was opened.
type owner struct {
	seen         map[ssa.Value]bool
	closed, away bool
}

func (o *owner) follow(value ssa.Value) {
	if o.seen[value] || value.Referrers() == nil {
		return
	}
	o.seen[value] = true
	for _, use := range *value.Referrers() {
		switch use := use.(type) {
		case ssa.CallInstruction:
			o.call(use, value)
		case *ssa.Store:
			if use.Val == value {
				o.stored(use.Addr)
			}
		case *ssa.Return, *ssa.Send, *ssa.MapUpdate, *ssa.MakeClosure, *ssa.Defer:
			o.away = true
		case *ssa.BinOp, *ssa.If, *ssa.DebugRef:
		case ssa.Value:
			o.follow(use)
		}
	}
}

// stored follows a variable that stays in its function; a closure that uses it may close.
func (o *owner) stored(address ssa.Value) {
	if element, ok := address.(*ssa.IndexAddr); ok {
		address = element.X
	}
	if local, ok := address.(*ssa.Alloc); ok {
		o.follow(local)
		return
	}
	o.away = true
}

func (o *owner) call(use ssa.CallInstruction, value ssa.Value) {
	name := nameOfCall(use.Common())
	switch {
	case ends.MatchString(name):
		o.closed = true
	case !reading.MatchString(name):
		o.away = true
	default:
		if made, ok := use.(*ssa.Call); ok && made.Type() != nil && holds(made.Type()) {
			o.follow(made)
		}
	}
}

// holds tells whether the result of a reader's maker may keep what it reads from.
func holds(given types.Type) bool {
	switch given.Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return given != errorType
	case *types.Tuple:
		return true
	}
	return false
}

// deferLoop finds deferred calls inside a loop: they run when the function ends, not at the turn's end.
var deferLoop = &analysis.Analyzer{Name: "deferloop", Doc: "a deferred call in a loop", Run: runDeferLoop}

func runDeferLoop(pass *analysis.Pass) (any, error) {
	walk(pass, func(node ast.Node, around []ast.Node) {
		later, ok := node.(*ast.DeferStmt)
		body := loopAround(around)
		if !ok || body == nil || len(body.List) == 0 {
			return
		}
		switch last := body.List[len(body.List)-1].(type) {
		case *ast.ReturnStmt:
			return
		case *ast.BranchStmt:
			if last.Tok.String() == "break" {
				return
			}
		}
		for _, list := range statements(around[len(around)-1]) {
			if _, back := list[len(list)-1].(*ast.ReturnStmt); back {
				return
			}
		}
		say := likely
		if called(pass.TypesInfo, later.Call) == "Close" {
			say = proven
		}
		say(pass, later, "deferloop", "%s is called when the function ends, not at the end of each turn", short(later.Call.Fun))
	})
	return nil, nil
}
