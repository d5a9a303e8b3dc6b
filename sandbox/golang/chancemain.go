package main

const chanceImports = `	"fmt"
	"math/rand"
	"os"
	"strconv"
`

// chanceBody changes values by chance and leaves each where it is found when the process does not come back.
const chanceBody = `
var texts = []string{"", "a", "0", "-1", "7", "1,2", "a=b", "a:b", "a b", "{}", "[]", "()", "(", "}", "\"", "/", "%", "%d", "\x00",
	"\xff", "日本語", "\n", " ", ".", "..", "1.5", "1e9", "+", "a+b", "1 2 +", "--", "//", "<a>", "0x1f", "2024-01-02", "true", "null",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}

const letters = "\"'\\/{}[]()<>:;,.=+-*&%$#@! \t\n\x00\x7f\xff0123456789abcxyzABCXYZ_"

func mutated(chance *rand.Rand, text string) string {
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
			data = append(data[:at:at], append([]byte(texts[chance.Intn(len(texts))]), data[at:]...)...)
		default:
			data = append(data[:len(data):len(data)], data[at:]...)
		}
	}
	return string(data[:min(len(data), 512)])
}

func described(values []interface{}) string {
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

func leave(values []interface{}) {
	if inputFile == nil {
		if inputFile, _ = os.Create("/work/gavel-input"); inputFile == nil {
			return
		}
	}
	text := described(values)
	inputFile.Truncate(int64(len(text)))
	inputFile.WriteAt([]byte(text), 0)
}
`
