// Package zxcvbn stands in for the password meter that gosec asks whether a text looks random. The
// original unpacks its word lists at every start, which takes longer than a whole analysis; this one
// has no lists: letters that run on in one case count as words, which are cheap to guess.
package zxcvbn

import (
	"math"
	"unicode"
)

// Strength is what gosec reads of an answer.
type Strength struct {
	// Entropy is in bits.
	Entropy float64
}

const (
	wordBits  = 2.0 // a letter within a word
	signBits  = 1.0 // a sign between words
	wordRunes = 4   // a shorter run is a word only where signs or ends stand on both sides
)

// PasswordStrength estimates how many bits it takes to guess a text.
func PasswordStrength(text string, _ []string) Strength {
	runes := []rune(text)
	bits, kinds := 0.0, alphabet(runes)
	for start := 0; start < len(runes); {
		end := start + 1
		for end < len(runes) && goesOn(runes[start:end], runes[end]) {
			end++
		}
		alone := (start == 0 || isSign(runes[start-1])) && (end == len(runes) || isSign(runes[end]))
		bits += float64(end-start) * bitsEach(runes[start:end], alone, kinds)
		start = end
	}
	return Strength{Entropy: bits}
}

func bitsEach(run []rune, alone bool, kinds float64) float64 {
	switch whole := alone || len(run) >= wordRunes; {
	case isSign(run[0]), len(run) > 2 && run[0] == run[1] && run[1] == run[2]:
		return signBits
	case whole && unicode.IsLetter(run[0]):
		return wordBits
	case whole:
		return math.Log2(10)
	}
	return math.Log2(kinds)
}

func isSign(one rune) bool { return !unicode.IsLetter(one) && !unicode.IsDigit(one) }

// goesOn tells whether a rune belongs to the run before it; a capital may begin a word.
func goesOn(run []rune, next rune) bool {
	last := run[len(run)-1]
	switch {
	case unicode.IsLower(next):
		return unicode.IsLower(last) || len(run) == 1 && unicode.IsUpper(last)
	case unicode.IsUpper(next):
		return unicode.IsUpper(last)
	case unicode.IsDigit(next):
		return unicode.IsDigit(last)
	}
	return last == next
}

// alphabet gives how many different runes the kinds within a text amount to.
func alphabet(runes []rune) float64 {
	lower, upper, digit, other := 0.0, 0.0, 0.0, 0.0
	for _, one := range runes {
		switch {
		case unicode.IsLower(one):
			lower = 26
		case unicode.IsUpper(one):
			upper = 26
		case unicode.IsDigit(one):
			digit = 10
		default:
			other = 33
		}
	}
	return max(2, lower+upper+digit+other)
}
