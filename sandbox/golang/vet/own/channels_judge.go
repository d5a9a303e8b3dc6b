package own

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"
)

// judge says what is wrong with a channel that stays where it can be followed.
func (c *channel) judge(pass *analysis.Pass) {
	c.closing(pass)
	if c.away {
		return
	}
	for _, one := range c.ranges {
		if len(c.close) == 0 && !oneStop(one.node.(*ast.RangeStmt).Body) {
			proven(pass, head(one.node), "chanrange", "nobody closes %s, so this loop waits for ever", c.variable.Name())
		}
	}
	heard := len(c.receives)+len(c.ranges) > 0
	for _, one := range c.sends {
		if !heard && !c.buffered && !one.picked {
			proven(pass, one.node, "channoreceive", "nobody receives from %s, so this send waits for ever", c.variable.Name())
			return
		}
	}
	if c.alone() {
		proven(pass, c.sends[0].node, "chandeadlock", "this send waits for a receiver that comes only after it")
		return
	}
	c.left(pass)
}

// oneStop tells whether a body leaves its loop at its end.
func oneStop(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	leaving := false
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			leaving = true
		case *ast.BranchStmt:
			leaving = leaving || node.Tok.String() == "break" || node.Tok.String() == "goto"
		}
		return true
	})
	return leaving
}

// head is the first line of a loop, as a place.
func head(node ast.Node) analysis.Range {
	if loop, ok := node.(*ast.RangeStmt); ok {
		return loop.X
	}
	return node
}

// alone tells whether everything happens in one goroutine, the send before the receive, without room.
func (c *channel) alone() bool {
	if c.buffered || len(c.sends) == 0 {
		return false
	}
	for _, one := range append(append(append([]touch{}, c.sends...), c.receives...), c.ranges...) {
		if one.spawned != nil || one.literal != nil || one.picked || one.later {
			return false
		}
	}
	firstReceive := append(append([]touch{}, c.receives...), c.ranges...)
	return c.sends[0].node.Pos() < firstReceive[0].node.Pos()
}

// left finds goroutines whose send nobody may wait for: the receiver chooses between several things once,
// or receives once while a loop starts the senders.
func (c *channel) left(pass *analysis.Pass) {
	if c.buffered || len(c.receives) == 0 || len(c.ranges) > 0 {
		return
	}
	picked, once := true, true
	for _, one := range c.receives {
		picked = picked && one.picked && !one.looped && one.spawned == nil
		once = once && !one.looped && one.spawned == nil && one.literal == nil
	}
	for _, one := range c.sends {
		if one.spawned == nil || one.picked {
			continue
		}
		if picked || (once && one.started && len(c.receives) == 1) {
			proven(pass, one.node, "goblocked", "this send waits for ever where the receiver has gone on: %s has no room", c.variable.Name())
			return
		}
	}
}

// closing finds what closes a channel more than once.
func (c *channel) closing(pass *analysis.Pass) {
	for _, one := range c.close {
		if one.started && !underCondition(one) {
			proven(pass, one.node, "chanloopclose", "every goroutine of the loop closes %s; the second one panics", c.variable.Name())
			return
		}
	}
	plain := []touch{}
	for _, one := range c.close {
		if one.spawned == nil && one.literal == nil {
			plain = append(plain, one)
		}
	}
	if len(plain) > 1 && plain[0].later && topLevel(plain[0]) {
		proven(pass, plain[1].node, "chanclosed", "%s is closed here and by a deferred call; the second one panics", c.variable.Name())
	}
}

func underCondition(one touch) bool { return one.spawned == nil || one.looped }

func topLevel(one touch) bool { return !one.looped }
