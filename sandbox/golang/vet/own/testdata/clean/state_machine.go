package lexer

import (
	"fmt"
	"unicode"
)

// Token is one word of a formula.
type Token struct {
	Kind string
	Text string
}

// Lex takes a formula apart.
func Lex(text string) ([]Token, error) {
	tokens, runes := []Token{}, []rune(text)
	for i := 0; i < len(runes); {
		switch one := runes[i]; {
		case unicode.IsSpace(one):
			i++
		case unicode.IsDigit(one):
			start := i
			for i < len(runes) && unicode.IsDigit(runes[i]) {
				i++
			}
			tokens = append(tokens, Token{"number", string(runes[start:i])})
		case one == '+' || one == '-' || one == '*' || one == '/':
			tokens = append(tokens, Token{"operator", string(one)})
			i++
		default:
			return nil, fmt.Errorf("unexpected %q at %d", one, i)
		}
	}
	return tokens, nil
}
