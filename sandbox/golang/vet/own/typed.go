package own

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

var errorType = types.Universe.Lookup("error").Type()

// callee gives the full name of what is called, such as `os.Open` or `(*database/sql.DB).Query`.
func callee(info *types.Info, call *ast.CallExpr) string {
	if fn, ok := typeutil.Callee(info, call).(*types.Func); ok {
		return fn.FullName()
	}
	return ""
}

// called gives the method's or function's own name.
func called(info *types.Info, call *ast.CallExpr) string {
	if object := typeutil.Callee(info, call); object != nil {
		return object.Name()
	}
	return ""
}

// receiver gives what a method is called on, nil where it is a function.
func receiver(info *types.Info, call *ast.CallExpr) ast.Expr {
	selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || info.Selections[selector] == nil {
		return nil
	}
	return selector.X
}

// typeName writes the type of an expression with its import path, without a leading star.
func typeName(info *types.Info, expr ast.Expr) string {
	if expr == nil || info.TypeOf(expr) == nil {
		return ""
	}
	return nameOf(info.TypeOf(expr))
}

func nameOf(given types.Type) string {
	return strings.TrimPrefix(types.TypeString(types.Unalias(given), nil), "*")
}

// failing tells whether the last result of a call is an error.
func failing(info *types.Info, call *ast.CallExpr) bool {
	switch result := info.TypeOf(call).(type) {
	case nil:
		return false
	case *types.Tuple:
		return result.Len() > 0 && types.Identical(result.At(result.Len()-1).Type(), errorType)
	default:
		return types.Identical(result, errorType)
	}
}

// text gives the value of a constant string.
func text(info *types.Info, expr ast.Expr) (string, bool) {
	value := info.Types[expr].Value
	if value == nil || value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(value), true
}

// object gives the variable that an expression names, nil where it is more than a name.
func object(info *types.Info, expr ast.Expr) types.Object {
	if name, ok := ast.Unparen(expr).(*ast.Ident); ok {
		return info.ObjectOf(name)
	}
	return nil
}

// isNil tells whether an expression is the literal nil.
func isNil(info *types.Info, expr ast.Expr) bool { return info.Types[expr].IsNil() }

// uses tells whether a node names an object.
func uses(info *types.Info, node ast.Node, wanted types.Object) (found bool) {
	ast.Inspect(node, func(node ast.Node) bool {
		name, ok := node.(*ast.Ident)
		found = found || (ok && info.Uses[name] == wanted)
		return !found
	})
	return found
}

// short writes an expression the short way.
func short(expr ast.Expr) string { return types.ExprString(expr) }
