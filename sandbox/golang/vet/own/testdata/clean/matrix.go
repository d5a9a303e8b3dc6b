package matrix

import (
	"errors"
	"fmt"
)

// ErrShape is for matrices that don't fit.
var ErrShape = errors.New("shapes do not fit")

// Multiply multiplies.
func Multiply(a, b [][]float64) ([][]float64, error) {
	if len(a) == 0 || len(b) == 0 || len(a[0]) != len(b) {
		return nil, ErrShape
	}
	product := make([][]float64, len(a))
	for i := range a {
		product[i] = make([]float64, len(b[0]))
		for j := range b[0] {
			for k := range b {
				product[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return product, nil
}

// Format writes one.
func Format(m [][]float64) string {
	text := ""
	if len(m) > 0 {
		text = fmt.Sprint(m[0])
	}
	return text
}
