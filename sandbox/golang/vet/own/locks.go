package own

import (
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// locks finds locks that a path keeps, that one goroutine takes twice, and that two take in opposite order.
var locks = &analysis.Analyzer{Name: "locks", Doc: "a lock is kept, taken twice, or taken in the opposite order",
	Requires: []*analysis.Analyzer{programs}, Run: runLocks}

func runLocks(pass *analysis.Pass) (any, error) {
	p := programOf(pass)
	order := &lockOrder{program: p, taken: map[*ssa.Function]map[string]taken{}, pairs: map[[2]string]place{}}
	for _, fn := range p.fns {
		one := &lockFlow{pass: pass, order: order, fn: fn, kept: map[string]token.Pos{}}
		one.run()
	}
	order.judge(pass)
	return nil, nil
}

var lockCalls = regexp.MustCompile(`^\((\*sync\.(RW)?Mutex|sync\.Locker)\)\.(Lock|Unlock|RLock|RUnlock)$`)

// lockCall gives which lock a call is about and what it does with it; the name is empty for other calls.
func lockCall(common *ssa.CallCommon) (lock, method string) {
	name := nameOfCall(common)
	if !lockCalls.MatchString(name) || common.IsInvoke() || len(common.Args) == 0 {
		return "", ""
	}
	return pathOf(common.Args[0]), name[strings.LastIndexByte(name, '.')+1:]
}

// pathOf names a place in memory: what it hangs on, and the fields that lead there.
func pathOf(value ssa.Value) string {
	switch value := value.(type) {
	case *ssa.FieldAddr:
		kind, ok := pointed(value.X.Type()).Underlying().(*types.Struct)
		base := pathOf(value.X)
		if !ok || base == "" {
			return ""
		}
		return base + "." + kind.Field(value.Field).Name()
	case *ssa.UnOp:
		if value.Op == token.MUL {
			return pathOf(value.X)
		}
	case *ssa.Parameter, *ssa.Alloc, *ssa.FreeVar:
		return value.Name()
	case *ssa.Global:
		return value.Name()
	}
	return ""
}

// kindOf names a lock by the type that holds it, the same in every function.
func kindOf(value ssa.Value) string {
	switch value := value.(type) {
	case *ssa.FieldAddr:
		if kind, ok := pointed(value.X.Type()).Underlying().(*types.Struct); ok {
			return nameOf(pointed(value.X.Type())) + "." + kind.Field(value.Field).Name()
		}
	case *ssa.Global:
		return value.String()
	case *ssa.UnOp:
		return kindOf(value.X)
	}
	return ""
}

// held is the set of locks that are held at a point: their paths, with "r" where it is for reading only.
type held map[string]string

func (h held) with(lock, how string) held {
	next := held{}
	for one, kind := range h {
		next[one] = kind
	}
	if how == "" {
		delete(next, lock)
	} else {
		next[lock] = how
	}
	return next
}

// both keeps what is held on either way in.
func both(a, b held) held {
	next := held{}
	for one, how := range a {
		if b[one] == how {
			next[one] = how
		}
	}
	return next
}

func same(a, b held) bool { return len(a) == len(b) && len(both(a, b)) == len(a) }

// lockFlow follows the locks through one function.
type lockFlow struct {
	pass     *analysis.Pass
	order    *lockOrder
	fn       *ssa.Function
	kinds    map[string]string
	deferred map[string]bool
	freed    map[string]bool
	kept     map[string]token.Pos
	said     map[token.Pos]bool
}

func (f *lockFlow) run() {
	f.kinds, f.deferred, f.freed, f.said = map[string]string{}, map[string]bool{}, map[string]bool{}, map[token.Pos]bool{}
	locking := false
	for _, block := range f.fn.Blocks {
		for _, one := range block.Instrs {
			locking = f.note(one) || locking
		}
	}
	if !locking || len(f.fn.Blocks) == 0 {
		return
	}
	into := map[*ssa.BasicBlock]held{f.fn.Blocks[0]: {}}
	waiting := []*ssa.BasicBlock{f.fn.Blocks[0]}
	for rounds := 0; len(waiting) > 0 && rounds < 2000; rounds++ {
		block := waiting[0]
		waiting = waiting[1:]
		now := f.through(block, into[block], false)
		for _, next := range block.Succs {
			before, known := into[next]
			merged := now
			if known {
				merged = both(before, now)
			}
			if !known || !same(before, merged) {
				into[next] = merged
				waiting = append(waiting, next)
			}
		}
	}
	for _, block := range f.fn.Blocks {
		if before, reached := into[block]; reached {
			f.through(block, before, true)
		}
	}
}

// note gathers what the function frees at all, and what it defers; it tells whether a lock is taken.
func (f *lockFlow) note(one ssa.Instruction) bool {
	switch one := one.(type) {
	case *ssa.Defer:
		lock, method := lockCall(&one.Call)
		f.deferred[lock] = f.deferred[lock] || strings.HasSuffix(method, "nlock")
		if made, ok := one.Call.Value.(*ssa.MakeClosure); ok {
			f.closure(made)
		}
	case *ssa.Call:
		lock, method := lockCall(&one.Call)
		if lock != "" {
			f.kinds[lock] = kindOf(one.Call.Args[0])
			f.freed[lock] = f.freed[lock] || strings.HasSuffix(method, "nlock")
		}
		return lock != ""
	}
	return false
}

// closure takes what a deferred literal frees for deferred.
func (f *lockFlow) closure(made *ssa.MakeClosure) {
	inside := made.Fn.(*ssa.Function)
	for _, block := range inside.Blocks {
		for _, one := range block.Instrs {
			call, ok := one.(*ssa.Call)
			if !ok {
				continue
			}
			lock, method := lockCall(&call.Call)
			if !strings.HasSuffix(method, "nlock") {
				continue
			}
			for i, free := range inside.FreeVars {
				if rest, ok := strings.CutPrefix(lock, free.Name()); ok {
					f.deferred[pathOf(made.Bindings[i])+rest] = true
				}
			}
		}
	}
}

// through follows the locks through one block; only the last time it says what is wrong.
func (f *lockFlow) through(block *ssa.BasicBlock, now held, say bool) held {
	for _, one := range block.Instrs {
		switch one := one.(type) {
		case *ssa.Call:
			lock, method := lockCall(&one.Call)
			switch method {
			case "Lock", "RLock":
				if say {
					f.take(one, lock, method, now)
				}
				now = now.with(lock, map[string]string{"Lock": "w", "RLock": "r"}[method])
			case "Unlock", "RUnlock":
				now = now.with(lock, "")
			default:
				if say && len(now) > 0 {
					f.inside(one, now)
				}
			}
		case *ssa.Return:
			if say {
				f.leave(one, now)
			}
		}
	}
	return now
}

func (f *lockFlow) take(call *ssa.Call, lock, method string, now held) {
	if lock == "" {
		return
	}
	how := now[lock]
	switch {
	case how == "r" && method == "Lock":
		proven(f.pass, point(call.Pos()), "lockupgrade", "this goroutine holds the lock for reading already, so this waits for ever")
	case how == "w":
		proven(f.pass, point(call.Pos()), "locktwice", "this goroutine holds the lock already, so this waits for ever")
	}
	for other := range now {
		f.order.pair(f.kinds[other], f.kinds[lock], place{call.Pos(), true}, other != lock)
	}
}

// leave finds a return that keeps a lock which the function frees on other ways.
func (f *lockFlow) leave(back *ssa.Return, now held) {
	for lock := range now {
		if lock != "" && f.freed[lock] && !f.deferred[lock] && back.Pos().IsValid() {
			proven(f.pass, point(back.Pos()), "lockkept", "this return leaves a lock taken that other ways release")
		}
	}
}
