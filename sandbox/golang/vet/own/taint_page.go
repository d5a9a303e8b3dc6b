package own

import (
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"
)

var (
	writingPages = regexp.MustCompile(`^(fmt\.Fprint(f|ln)?|io\.WriteString|\(net/http\.ResponseWriter\)\.Write|\(\*text/template\.Template\)\.Execute(Template)?)$`)
	tags         = regexp.MustCompile(`<[a-zA-Z!/]`)
	marked       = map[string]bool{"HTML": true, "HTMLAttr": true, "JS": true, "JSStr": true, "CSS": true, "URL": true, "Srcset": true}
	showing      = &purpose{}
)

// markup is about text that a conversion to a type of html/template declares safe.
func (p *program) markup(into ssa.Value, value ssa.Value) {
	named, ok := types.Unalias(into.Type()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "html/template" || !marked[named.Obj().Name()] {
		return
	}
	switch found := p.originOf(value, blockOf(into), showing); {
	case found&foreign != 0:
		proven(p.pass, point(into.Pos()), "xss", "text that the asker sends is declared to be safe as %s", named.Obj().Name())
	case found&fromParam != 0:
		likely(p.pass, point(into.Pos()), "xss", "a value is declared to be safe as %s", named.Obj().Name())
	}
}

// page is about text that reaches the answer to a request without being escaped.
func (s *sink) page() {
	writer, values := s.written()
	if writer == nil || nameOf(bare(writer).Type()) != "net/http.ResponseWriter" {
		return
	}
	if strings.Contains(s.name, "text/template") {
		if found := s.origin(values[len(values)-1].value, showing); found&(fromQuery|fromPath|fromBody) != 0 {
			proven(s.pass, point(s.call.Pos()), "xss", "text/template escapes nothing of what the asker sends")
		}
		return
	}
	kind := s.contentType()
	if kind != "" && !strings.Contains(kind, "html") {
		return
	}
	html, first := kind != "" || s.tagged(), true
	for _, one := range values {
		html = html || tags.MatchString(one.text)
		if one.value != nil && isText(one.value.Type()) && one.verb != 'q' && (html || first) &&
			s.origin(one.value, showing)&(fromQuery|fromPath) != 0 {
			proven(s.pass, point(s.call.Pos()), "xss", "text that the asker sends reaches the page without being escaped")
			return
		}
		first = first && one.value == nil && one.text == ""
	}
}

// written gives where a call writes to, and what.
func (s *sink) written() (ssa.Value, []piece) {
	switch {
	case s.common.IsInvoke():
		parts, _ := pieces(s.args[0])
		return s.common.Value, parts
	case s.name == "fmt.Fprintf":
		return s.args[0], formatted(s.common, 1)
	case s.name == "io.WriteString":
		parts, _ := pieces(s.args[1])
		return s.args[0], parts
	case strings.HasPrefix(s.name, "fmt."):
		found := []piece{}
		for _, one := range variadic(s.args[1]) {
			parts, _ := pieces(one)
			found = append(found, parts...)
		}
		return s.args[0], found
	}
	return s.args[0], []piece{{value: s.args[len(s.args)-1]}}
}

// contentType gives what the function says about its answer.
func (s *sink) contentType() (found string) {
	s.neighbours(func(call *ssa.CallCommon) {
		name, args := nameOfCall(call), argumentsOf(call)
		if (name == "(net/http.Header).Set" || name == "(net/http.Header).Add") && len(args) == 2 {
			key, _ := constantText(args[0])
			if value, ok := constantText(args[1]); ok && strings.EqualFold(key, "Content-Type") {
				found = value
			}
		}
	})
	return found
}

// tagged tells whether the function writes tags of HTML anywhere.
func (s *sink) tagged() (found bool) {
	s.neighbours(func(call *ssa.CallCommon) {
		if !writingPages.MatchString(nameOfCall(call)) {
			return
		}
		for _, argument := range argumentsOf(call) {
			for _, value := range append(variadic(argument), argument) {
				text, _ := constantText(value)
				found = found || tags.MatchString(text)
			}
		}
	})
	return found
}

func (s *sink) neighbours(visit func(*ssa.CallCommon)) {
	for _, block := range s.call.Parent().Blocks {
		for _, one := range block.Instrs {
			if call, ok := one.(ssa.CallInstruction); ok {
				visit(call.Common())
			}
		}
	}
}
