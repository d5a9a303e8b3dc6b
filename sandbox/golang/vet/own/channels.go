package own

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// channels finds channels on which somebody waits for ever, and those that are closed twice. It looks at
// those that stay in one function with its literals, and in functions of the package that they are passed to.
var channels = &analysis.Analyzer{Name: "channels", Doc: "somebody waits for ever on a channel, or it is closed twice",
	Requires: []*analysis.Analyzer{declarations}, Run: runChannels}

func runChannels(pass *analysis.Pass) (any, error) {
	functions(pass, func(fn *ast.FuncDecl) {
		for _, one := range localChannels(pass, fn) {
			one.judge(pass)
		}
	})
	return nil, nil
}

// touch is one use of a channel: where, and in which loops and goroutines it stands.
type touch struct {
	node    ast.Node
	spawned *ast.GoStmt // the go statement that it runs in
	looped  bool        // inside a loop, counted from where the channel is made
	started bool        // the goroutine is started in a loop
	later   bool        // deferred
	picked  bool        // a case of a select with others
	literal ast.Node    // the innermost function literal
}

// channel is a channel that is made in a function, with everything that is done with it.
type channel struct {
	variable                       *types.Var
	made                           *ast.CallExpr
	buffered                       bool
	sends, receives, ranges, close []touch
	away                           bool
}

// localChannels gives the channels that a function makes for a variable of its own.
func localChannels(pass *analysis.Pass, fn *ast.FuncDecl) []*channel {
	found := []*channel{}
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		assign, ok := node.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != len(assign.Rhs) {
			return true
		}
		for i, right := range assign.Rhs {
			made, ok := right.(*ast.CallExpr)
			if !ok || len(found) == enough || short(made.Fun) != "make" {
				continue
			}
			variable, named := object(pass.TypesInfo, assign.Lhs[i]).(*types.Var)
			if _, isChannel := pass.TypesInfo.TypeOf(made).Underlying().(*types.Chan); named && isChannel && assign.Tok == token.DEFINE {
				one := &channel{variable: variable, made: made, buffered: roomy(pass.TypesInfo, made)}
				collect(pass, one, variable, fn.Body, touch{}, 0)
				found = append(found, one)
			}
		}
		return true
	})
	return found
}

// roomy tells whether a channel is made with room for messages.
func roomy(info *types.Info, made *ast.CallExpr) bool {
	if len(made.Args) < 2 {
		return false
	}
	size := info.Types[made.Args[1]].Value
	return size == nil || size.ExactString() != "0"
}

// enough channels of one function are followed; nobody reads code with more.
const enough = 32

const passedOn = 3

// collector gathers what is done with one channel in one function.
type collector struct {
	pass     *analysis.Pass
	into     *channel
	variable *types.Var
	depth    int
	known    map[ast.Node]bool
}

func collect(pass *analysis.Pass, into *channel, variable *types.Var, body ast.Node, from touch, depth int) {
	c := &collector{pass, into, variable, depth, map[ast.Node]bool{}}
	c.visit(body, from)
}

// visit goes down with what is known about the place.
func (c *collector) visit(node ast.Node, at touch) {
	ast.Inspect(node, func(one ast.Node) bool {
		if one == nil || one == node {
			return one != nil
		}
		inner := at
		switch one := one.(type) {
		case *ast.GoStmt:
			inner.spawned, inner.started = one, at.looped || at.started
			inner.looped = false
			c.call(one.Call, inner)
			return false
		case *ast.DeferStmt:
			inner.later = true
			c.call(one.Call, inner)
			return false
		case *ast.FuncLit:
			inner.literal, inner.looped = one, at.looped && one.Pos() > c.variable.Pos()
			c.visit(one.Body, inner)
			return false
		case *ast.ForStmt:
			inner.looped = one.Pos() > c.variable.Pos() && !c.single(one)
			c.parts(inner, one.Init, one.Cond, one.Post, one.Body)
			return false
		case *ast.RangeStmt:
			c.loop(one, at)
			return false
		case *ast.SelectStmt:
			c.choice(one, at)
			return false
		case *ast.CallExpr:
			c.call(one, at)
			return false
		case *ast.SendStmt, *ast.UnaryExpr, *ast.Ident:
			return c.use(one, at)
		}
		return true
	})
}

// single tells whether a loop has one turn only.
func (c *collector) single(loop *ast.ForStmt) bool {
	test, ok := loop.Cond.(*ast.BinaryExpr)
	return ok && c.pass.TypesInfo.Types[test.Y].Value != nil && c.pass.TypesInfo.Types[test.Y].Value.ExactString() == "1"
}

func (c *collector) parts(at touch, nodes ...ast.Node) {
	for _, one := range nodes {
		switch part := one.(type) {
		case nil:
		case *ast.BlockStmt:
			c.visit(part, at)
		case ast.Stmt:
			if part != nil {
				c.visit(&ast.BlockStmt{List: []ast.Stmt{part}}, at)
			}
		case ast.Expr:
			if part != nil {
				c.visit(&ast.ParenExpr{X: part}, at)
			}
		}
	}
}

func (c *collector) is(expr ast.Expr) bool { return object(c.pass.TypesInfo, expr) == c.variable }

func (c *collector) loop(one *ast.RangeStmt, at touch) {
	if c.is(one.X) {
		at.node = one
		c.into.ranges = append(c.into.ranges, at)
	} else {
		c.parts(at, one.X)
	}
	at.looped = one.Pos() > c.variable.Pos()
	c.visit(one.Body, at)
}

func (c *collector) choice(one *ast.SelectStmt, at touch) {
	inner := at
	inner.picked = len(one.Body.List) > 1
	for _, clause := range one.Body.List {
		clause := clause.(*ast.CommClause)
		if clause.Comm != nil {
			c.visit(&ast.BlockStmt{List: []ast.Stmt{clause.Comm}}, inner)
		}
		c.visit(&ast.BlockStmt{List: clause.Body}, at)
	}
}

// use notes a send or a receive; a bare name is a use that can't be followed.
func (c *collector) use(node ast.Node, at touch) bool {
	at.node = node
	switch node := node.(type) {
	case *ast.SendStmt:
		if c.is(node.Chan) {
			c.into.sends = append(c.into.sends, at)
			c.parts(at, node.Value)
			return false
		}
	case *ast.UnaryExpr:
		if node.Op == token.ARROW && c.is(node.X) {
			c.into.receives = append(c.into.receives, at)
			return false
		}
	case *ast.Ident:
		if c.pass.TypesInfo.Uses[node] == c.variable {
			c.into.away = true
		}
	}
	return true
}

// call follows a channel into a function of the package; close, len and cap are known.
func (c *collector) call(call *ast.CallExpr, at touch) {
	if len(call.Args) == 1 && c.is(call.Args[0]) {
		switch short(call.Fun) {
		case "close":
			at.node = call
			c.into.close = append(c.into.close, at)
			return
		case "len", "cap":
			return
		}
	}
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.FuncLit:
		inner := at
		inner.literal = fun
		c.follow(fun.Type, fun.Body, call, inner)
		c.visit(fun.Body, inner)
		return
	case *ast.SelectorExpr:
		c.parts(at, fun.X)
	}
	fn := declared(c.pass, call)
	if fn == nil {
		for _, argument := range call.Args {
			c.parts(at, argument)
		}
		return
	}
	c.follow(fn.Type, fn.Body, call, at)
}

// follow goes into what is called, under the name that the channel has there.
func (c *collector) follow(kind *ast.FuncType, body *ast.BlockStmt, call *ast.CallExpr, at touch) {
	names := []*ast.Ident{}
	for _, field := range kind.Params.List {
		names = append(names, field.Names...)
	}
	for i, argument := range call.Args {
		if !c.is(argument) {
			c.parts(at, argument)
			continue
		}
		if i >= len(names) || c.depth >= passedOn {
			c.into.away = true
			continue
		}
		inside, ok := c.pass.TypesInfo.Defs[names[i]].(*types.Var)
		if ok {
			collect(c.pass, c.into, inside, body, at, c.depth+1)
		}
	}
}
