package own

import (
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"
)

var (
	statement = regexp.MustCompile(`(?i)^\s*(select|insert|update|delete|with|replace|merge|drop|alter|create|truncate|call|exec|pragma)\b`)
	// In front of a value, where a placeholder could stand; what follows FROM or ORDER BY is a name.
	beforeValue = regexp.MustCompile(`(?is)(=|<|>|'|%|\blike|\bin|\bvalues|\bnot|\blimit|\boffset|\bbetween|\band)[\s("'%]*$`)
	querying    = &purpose{}
)

// query looks at the text of a statement. What an asker sends is proven; so is a value put where a
// placeholder belongs; a name that comes from elsewhere is let pass, since placeholders can't name tables.
func (s *sink) query() {
	text := s.statement()
	if text == nil {
		return
	}
	found := s.origin(text, querying)
	at := joinedAt(text, s.call)
	if found&foreign != 0 {
		proven(s.pass, point(at), "sqlconcat", "text that %s becomes part of an SQL statement", sender(found))
		return
	}
	for _, parts := range joined(text) {
		s.joinedQuery(parts)
	}
}

// statement gives the text of the query: the first string, where the call is one of a database.
func (s *sink) statement() ssa.Value {
	results := s.common.Signature().Results()
	if results.Len() == 0 || !strings.Contains(types.TypeString(results.At(0).Type(), nil), "database/sql") {
		return nil
	}
	for _, argument := range s.args {
		if basic, ok := argument.Type().Underlying().(*types.Basic); ok && basic.Info()&types.IsString != 0 {
			return argument
		}
	}
	return nil
}

func (s *sink) joinedQuery(text spot) {
	before := ""
	for _, one := range text.parts {
		before += one.text
		if one.value == nil {
			continue
		}
		basic, isBasic := one.value.Type().Underlying().(*types.Basic)
		if isBasic && basic.Info()&types.IsString != 0 && one.verb != 'q' {
			found := s.origin(one.value, querying)
			placed := beforeValue.MatchString(before)
			switch {
			case placed && found&(fromParam|fromUser) != 0:
				proven(s.pass, point(text.at), "sqlconcat", "a value is put into the text of an SQL statement")
				return
			case placed && found != 0, found&(fromParam|fromUser) != 0:
				likely(s.pass, point(text.at), "sqlconcat", "a value is put into the text of an SQL statement")
				return
			}
		}
		before += "?"
	}
}

// spot is a text that is joined from parts at some place.
type spot struct {
	parts []piece
	at    token.Pos
}

// joined gives the ways in which a text may have been joined; a variable that grows has several.
func joined(value ssa.Value) []spot {
	found := []spot{}
	waiting, seen := []ssa.Value{value}, map[ssa.Value]bool{}
	for len(waiting) > 0 && len(found) < 16 {
		one := bare(waiting[0])
		waiting = waiting[1:]
		if seen[one] {
			continue
		}
		seen[one] = true
		if phi, ok := one.(*ssa.Phi); ok {
			waiting = append(waiting, phi.Edges...)
			continue
		}
		parts, at := pieces(one)
		if at.IsValid() {
			found = append(found, spot{parts, at})
			for _, part := range parts {
				if phi, ok := part.value.(*ssa.Phi); ok {
					waiting = append(waiting, phi)
				}
			}
		}
	}
	return found
}

var joining = regexp.MustCompile(`^(path(/filepath)?\.(Join|Clean)|fmt\.Sprintf|strings\.Join)$`)

// joinedAt gives the place where a text is joined, or the call where it is used as it came.
func joinedAt(value ssa.Value, use ssa.CallInstruction) token.Pos {
	for _, one := range joined(value) {
		return one.at
	}
	if call, ok := bare(value).(*ssa.Call); ok && joining.MatchString(nameOfCall(&call.Call)) {
		return call.Pos()
	}
	return use.Pos()
}

func isBytes(given types.Type) bool {
	list, ok := given.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	basic, ok := list.Elem().Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Uint8
}

// shortName leaves off the folders of an import path.
func shortName(name string) string {
	return shorten.ReplaceAllString(name, "$1")
}

var shorten = regexp.MustCompile(`([(*]*)[a-z0-9./]*/`)
