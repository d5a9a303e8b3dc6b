package libexit

import (
	"log"
	"os"
)

func Read(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err) // want `^libexit indicated`
	}
	return data
}

func Remove(name string) error {
	if err := os.Remove(name); err != nil {
		panic(err) // want `^libexit indicated: the error becomes a panic`
	}
	return nil
}

func MustRead(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return data
}

func At(numbers []int, i int) int {
	if i < 0 {
		panic("libexit: negative index")
	}
	return numbers[i]
}
