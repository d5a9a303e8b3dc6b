package own

import (
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// lockOrder knows which lock is taken while which other one is held, in the whole package.
type lockOrder struct {
	program *program
	taken   map[*ssa.Function]map[string]taken // by path
	pairs   map[[2]string]place
}

// taken is a lock that a function takes, itself or through others; for certain where no condition comes before.
type taken struct {
	kind    string
	certain bool
}

// place is where a pair is seen, and whether the function itself takes both.
type place struct {
	at     token.Pos
	direct bool
}

func (o *lockOrder) pair(held, taken string, seen place, different bool) {
	if held == "" || taken == "" || !different {
		return
	}
	if _, known := o.pairs[[2]string{held, taken}]; !known {
		o.pairs[[2]string{held, taken}] = seen
	}
}

// judge finds two locks that are taken in both orders.
func (o *lockOrder) judge(pass *analysis.Pass) {
	said := map[[2]string]bool{}
	for pair, seen := range o.pairs {
		back := [2]string{pair[1], pair[0]}
		other, both := o.pairs[back]
		if !both || said[pair] || said[back] {
			continue
		}
		said[pair] = true
		if pair == back {
			likely(pass, point(seen.at), "lockorder", "two locks of one kind are taken, and nothing fixes which comes first")
			continue
		}
		say := proven
		if !seen.direct || !other.direct {
			say = likely
		}
		at, first := max(seen.at, other.at), min(seen.at, other.at)
		say(pass, point(at), "lockorder", "here two locks are taken in the opposite order of line %d: each goroutine may wait for the other", pass.Fset.Position(first).Line)
	}
}

// takes gives the locks that a function takes, itself or through what it calls, by their path from its parameters.
func (o *lockOrder) takes(fn *ssa.Function, depth int) map[string]taken {
	if known, done := o.taken[fn]; done || depth == 0 {
		return known
	}
	o.taken[fn] = nil
	found := map[string]taken{}
	for _, block := range fn.Blocks {
		for _, one := range block.Instrs {
			call, ok := one.(*ssa.Call)
			if !ok {
				continue
			}
			lock, method := lockCall(&call.Call)
			if strings.HasSuffix(method, "Lock") && lock != "" {
				found[lock] = taken{kindOf(call.Call.Args[0]), block.Index == 0 || found[lock].certain}
			}
			inner := call.Call.StaticCallee()
			if lock == "" && inner != nil && o.program.own[inner] {
				for path, one := range o.takes(inner, depth-1) {
					path = renamed(path, inner, call)
					found[path] = taken{one.kind, (one.certain && block.Index == 0) || found[path].certain}
				}
			}
		}
	}
	delete(found, "")
	o.taken[fn] = found
	return found
}

// renamed gives a lock's path as the caller would write it.
func renamed(path string, fn *ssa.Function, call *ssa.Call) string {
	root, rest, _ := strings.Cut(path, ".")
	at := slices.IndexFunc(fn.Params, func(one *ssa.Parameter) bool { return one.Name() == root })
	if at < 0 {
		if fn.Pkg.Members[root] != nil {
			return path
		}
		return ""
	}
	base := pathOf(call.Call.Args[at])
	if base == "" || rest == "" {
		return base
	}
	return base + "." + rest
}

const lockDepth = 5

// inside looks at a call that is made while locks are held.
func (f *lockFlow) inside(call *ssa.Call, now held) {
	fn := call.Call.StaticCallee()
	if fn == nil || !f.order.program.own[fn] {
		return
	}
	for path, one := range f.order.takes(fn, lockDepth) {
		lock := renamed(path, fn, call)
		if how := now[lock]; how == "w" && lock != "" {
			if one.certain && !f.frees(fn, path) {
				proven(f.pass, point(call.Pos()), "locktwice", "%s takes the lock that is held here, so it waits for ever", fn.Name())
			}
			continue
		}
		for other := range now {
			f.order.pair(f.kinds[other], one.kind, place{call.Pos(), false}, lock != other && f.kinds[other] != one.kind)
		}
	}
}

// frees tells whether a function releases a lock before it takes it, as one does that works without it.
func (f *lockFlow) frees(fn *ssa.Function, path string) bool {
	for _, block := range fn.Blocks {
		for _, one := range block.Instrs {
			call, ok := one.(*ssa.Call)
			if !ok {
				continue
			}
			lock, method := lockCall(&call.Call)
			if lock == path {
				return strings.HasSuffix(method, "nlock")
			}
		}
	}
	return false
}
