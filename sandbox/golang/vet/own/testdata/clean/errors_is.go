package parse

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Error tells where it went wrong.
type Error struct {
	Line int
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrEmpty is for texts without a line.
var ErrEmpty = errors.New("empty")

// Sum sums one number per line.
func Sum(text string) (sum int, err error) {
	lines := strings.Fields(text)
	if len(lines) == 0 {
		return 0, ErrEmpty
	}
	for i, line := range lines {
		number, err := strconv.Atoi(line)
		if err != nil {
			return 0, &Error{i + 1, err}
		}
		sum += number
	}
	return sum, nil
}

// OrZero gives zero where the text is empty.
func OrZero(text string) (int, error) {
	sum, err := Sum(text)
	if errors.Is(err, ErrEmpty) {
		return 0, nil
	}
	return sum, err
}

// IsNumber tells whether a text is one.
func IsNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}
