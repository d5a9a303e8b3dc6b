// Package chance changes values by chance and leaves each where it is found when the process dies of it.
package chance

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
)

// Texts are those that programs stumble over.
var Texts = []string{"", "a", "0", "-1", "7", "1,2", "a=b", "a:b", "a b", "{}", "[]", "()", "(", "}", "\"", "/", "%", "%d", "\x00",
	"\xff", "日本語", "\n", " ", ".", "..", "1.5", "1e9", "+", "a+b", "1 2 +", "--", "//", "<a>", "0x1f", "2024-01-02", "true", "null",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}

const letters = "\"'\\/{}[]()<>:;,.=+-*&%$#@! \t\n\x00\x7f\xff0123456789abcxyzABCXYZ_"

// Mutated gives a text that was changed in a few places.
func Mutated(chance *rand.Rand, text string) string {
	data := []byte(text)
	for range 1 + chance.Intn(4) {
		at := chance.Intn(len(data) + 1)
		switch chance.Intn(6) {
		case 0:
			data = append(data[:at:at], data[min(len(data), at+1+chance.Intn(4)):]...)
		case 1:
			data = append(data[:at:at], append([]byte{letters[chance.Intn(len(letters))]}, data[at:]...)...)
		case 2:
			if at < len(data) {
				data[at] = letters[chance.Intn(len(letters))]
			}
		case 3:
			data = data[:at:at]
		case 4:
			data = append(data[:at:at], append([]byte(Texts[chance.Intn(len(Texts))]), data[at:]...)...)
		default:
			data = append(data[:len(data):len(data)], data[at:]...)
		}
	}
	return string(data[:min(len(data), 512)])
}

// Described gives values as Go would write them, cut where they are long.
func Described(values []interface{}) string {
	text := ""
	for i, one := range values {
		if i > 0 {
			text += ", "
		}
		switch one := one.(type) {
		case string:
			text += strconv.Quote(one)
		case []byte:
			text += "[]byte(" + strconv.Quote(string(one)) + ")"
		default:
			text += fmt.Sprint(one)
		}
	}
	return text[:min(len(text), 600)]
}

var inputFile *os.File

// Leave writes the values to a file that is found when the process does not come back.
func Leave(values []interface{}) {
	if inputFile == nil {
		if inputFile, _ = os.Create("/work/gavel-input"); inputFile == nil {
			return
		}
	}
	text := Described(values)
	inputFile.Truncate(int64(len(text)))
	inputFile.WriteAt([]byte(text), 0)
}
