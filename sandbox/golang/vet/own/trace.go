package own

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// origin is where a text may come from.
type origin uint8

const (
	fromQuery   origin = 1 << iota // parameters, headers, cookies and forms of a request
	fromPath                       // the request's own path and host
	fromBody                       // the body of a request
	fromConn                       // a connection
	fromArchive                    // the name of an entry of an archive
	fromParam                      // a parameter of an exported function
	fromUser                       // arguments, environment and input of whoever runs the program
	elsewhere                      // what cannot be followed

	foreign = fromQuery | fromPath | fromBody | fromConn | fromArchive
)

// frame is a call that is being looked into, so that its parameters are its arguments.
type frame struct {
	call  *ssa.Call
	outer *frame
	depth int
}

const deepest = 4

type visit struct {
	value ssa.Value
	frame *frame
}

// tracer follows a value backwards to where its text comes from, inside one package.
type tracer struct {
	program *program
	purpose *purpose
	seen    map[visit]bool
	frames  map[frame]*frame
}

// farthest is how many values one question may lead through; code that needs more is not followed.
const farthest = 5000

// altogether is how many values all questions of one check may lead through.
const altogether = 100_000

func (p *program) originOf(value ssa.Value, at *ssa.BasicBlock, why *purpose) origin {
	t := &tracer{program: p, purpose: why, seen: map[visit]bool{}, frames: map[frame]*frame{}}
	return t.of(value, at, nil)
}

// of gives the origins of a value that is used in a block.
func (t *tracer) of(value ssa.Value, at *ssa.BasicBlock, in *frame) origin {
	key := visit{value, in}
	if value == nil || t.seen[key] || !carries(value.Type()) {
		return 0
	}
	if *t.program.left--; len(t.seen) > farthest || *t.program.left < 0 {
		return elsewhere
	}
	t.seen[key] = true
	if t.checked(value, at) {
		return 0
	}
	if isConnection(value) {
		return fromConn
	}
	if block := blockOf(value); block != nil {
		at = block
	}
	switch value := value.(type) {
	case *ssa.Parameter:
		return t.parameter(value, at, in)
	case *ssa.FreeVar:
		return t.of(t.program.bound(value), at, nil)
	case *ssa.Global:
		return globalOrigin(value)
	case *ssa.Phi:
		return t.phi(value, in)
	case *ssa.Call:
		return t.call(value, 0, in)
	case *ssa.Extract:
		return t.extract(value, at, in)
	case *ssa.UnOp:
		if value.Op == token.MUL {
			return t.content(value.X, at, in)
		}
	case *ssa.BinOp:
		return t.sum(value, at, in)
	case *ssa.Alloc, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.MakeMap, *ssa.MakeSlice:
		return t.content(value, at, in)
	}
	return t.parts(value, at, in)
}

// parts follows what a value is made of without a change of its text.
func (t *tracer) parts(value ssa.Value, at *ssa.BasicBlock, in *frame) origin {
	switch value := value.(type) {
	case *ssa.Convert:
		return t.of(value.X, at, in)
	case *ssa.ChangeType:
		return t.of(value.X, at, in)
	case *ssa.ChangeInterface:
		return t.of(value.X, at, in)
	case *ssa.MakeInterface:
		return t.of(value.X, at, in)
	case *ssa.TypeAssert:
		return t.of(value.X, at, in)
	case *ssa.Slice:
		return t.of(value.X, at, in)
	case *ssa.Index:
		return t.of(value.X, at, in)
	case *ssa.Range:
		return t.of(value.X, at, in)
	case *ssa.Next:
		return t.of(value.Iter, at, in)
	case *ssa.Lookup:
		return t.of(value.X, at, in)
	case *ssa.Field:
		if found := fieldOrigin(value.X.Type(), value.Field); found != 0 {
			return found
		}
		return t.of(value.X, at, in)
	}
	return 0
}

func (t *tracer) phi(value *ssa.Phi, in *frame) (found origin) {
	for i, edge := range value.Edges {
		found |= t.of(edge, value.Block().Preds[i], in)
	}
	return found
}

func (t *tracer) extract(value *ssa.Extract, at *ssa.BasicBlock, in *frame) origin {
	if call, ok := value.Tuple.(*ssa.Call); ok {
		return t.call(call, value.Index, in)
	}
	return t.of(value.Tuple, at, in)
}

// sum follows both sides, or only the one that decides where an address leads.
func (t *tracer) sum(value *ssa.BinOp, at *ssa.BasicBlock, in *frame) origin {
	if value.Op != token.ADD {
		return 0
	}
	if !t.purpose.leads {
		return t.of(value.X, at, in) | t.of(value.Y, at, in)
	}
	prefix, fixed := constantText(value.X)
	if !fixed {
		return t.of(value.X, at, in)
	}
	if anchored(prefix) {
		return 0
	}
	return t.of(value.Y, at, in)
}

func (t *tracer) parameter(value *ssa.Parameter, at *ssa.BasicBlock, in *frame) (found origin) {
	fn := value.Parent()
	place := 0
	for fn.Params[place] != value {
		place++
	}
	if in != nil && in.call.Call.StaticCallee() == fn {
		return t.of(in.call.Call.Args[place], in.call.Block(), in.outer)
	}
	if isText(value.Type()) && exported(fn) {
		found = fromParam
	}
	for _, call := range t.program.callers[fn] {
		found |= t.of(call.Common().Args[place], call.Block(), nil)
	}
	if found == 0 && len(t.program.callers[fn]) == 0 {
		return elsewhere
	}
	return found
}

func (t *tracer) call(call *ssa.Call, result int, in *frame) (found origin) {
	fn := call.Call.StaticCallee()
	if fn != nil && t.program.own[fn] {
		if ownCleaning.MatchString(fn.Name()) {
			return 0
		}
		inside := t.enter(call, in)
		if inside == nil {
			return elsewhere
		}
		for _, block := range fn.Blocks {
			if back, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok {
				found |= t.of(back.Results[result], block, inside)
			}
		}
		return found
	}
	name := nameOfCall(&call.Call)
	if origin := callOrigin(name); origin != 0 {
		return origin
	}
	if t.purpose.cleans(call, name) {
		return 0
	}
	if !passing.MatchString(name) {
		return elsewhere
	}
	found = t.arguments(call, name, in)
	if name == "(*net/url.URL).Query" && found&fromPath != 0 {
		return fromQuery
	}
	return found
}

func (t *tracer) arguments(call *ssa.Call, name string, in *frame) (found origin) {
	if call.Call.IsInvoke() {
		found = t.of(call.Call.Value, call.Block(), in)
	}
	args := call.Call.Args
	if t.purpose.leads && name == "fmt.Sprintf" {
		return t.leadingArgument(call, in)
	}
	for _, argument := range args {
		found |= t.of(argument, call.Block(), in)
	}
	return found
}

// leadingArgument follows the argument that a format begins with.
func (t *tracer) leadingArgument(call *ssa.Call, in *frame) origin {
	for _, one := range formatted(&call.Call, 0) {
		if one.value != nil {
			return t.of(one.value, call.Block(), in)
		}
		if anchored(one.text) {
			return 0
		}
	}
	return 0
}

// enter gives the frame of a call, the same for the same call, and none where it is too deep.
func (t *tracer) enter(call *ssa.Call, in *frame) *frame {
	inside := frame{call: call, outer: in}
	if in != nil {
		inside.depth = in.depth + 1
	}
	if inside.depth >= deepest {
		return nil
	}
	if t.frames[inside] == nil {
		t.frames[inside] = &inside
	}
	return t.frames[inside]
}

// carries tells whether values of a type can hold text.
func carries(given types.Type) bool {
	switch kind := given.Underlying().(type) {
	case *types.Basic:
		return kind.Info()&types.IsString != 0 || kind.Kind() == types.Uint8 || kind.Kind() == types.Int32
	case *types.Signature, *types.Chan:
		return false
	}
	return given != errorType && !opaqueTypes[nameOf(given)]
}

var opaqueTypes = map[string]bool{"context.Context": true, "time.Time": true, "time.Duration": true, "net/http.ResponseWriter": true,
	"database/sql.DB": true, "database/sql.Tx": true, "database/sql.Rows": true, "database/sql.Row": true, "regexp.Regexp": true}

// isText tells whether a type is a string, bytes, or a list of strings.
func isText(given types.Type) bool {
	if list, ok := given.Underlying().(*types.Slice); ok {
		given = list.Elem()
	}
	basic, ok := given.Underlying().(*types.Basic)
	return ok && (basic.Info()&types.IsString != 0 || basic.Kind() == types.Uint8)
}
